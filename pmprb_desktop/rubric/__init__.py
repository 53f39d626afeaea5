"""Instruments as data: the model of a rubric edition and the loader that checks its file."""
