import redis
from flask import Flask

app = Flask(__name__)
cache = redis.Redis(host="redis", port=6379)


@app.route("/")
def home():
    count = cache.incr("hits")
    return f"Ship number {count} passed the lock.\n"
