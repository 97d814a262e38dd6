# TLS: its tests.
