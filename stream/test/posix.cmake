# The socket layer: its tests.
