import signal


def pytest_configure():
    # Background jobs and `nohup` ignore these, and so would every program of the documentation.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
