"""Pages of the window: the start, home, help, and the steps of the wizard."""
