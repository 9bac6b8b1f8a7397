class Config:
    GREETING = "hello"
    DEBUG = True


class TestConfig(Config):
    TESTING = True
