"""The signed package: layout, strict archive reader, signature, payloads. No Qt, no SQL."""
