"""The desktop side: from face data to an int8 file that the Edge TPU can run."""
