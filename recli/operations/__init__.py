"""One function a command, also the Python API: plain values in, a result object out; prints nothing."""
