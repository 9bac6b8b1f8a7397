"""Settings of the shop."""


class BaseConfig:
    GREETING = "hello"


class DevConfig(BaseConfig):
    DEBUG = True


class ProdConfig(BaseConfig):
    DEBUG = False
