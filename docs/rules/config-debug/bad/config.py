class Config:
    DEBUG = False


class Development(Config):
    DEBUG = True
