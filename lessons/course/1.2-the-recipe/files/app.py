from flask import Flask

app = Flask(__name__)


@app.route("/")
def home():
    return "Tide table: high water 14:32, low water 20:51\n"


if __name__ == "__main__":
    app.run(host="0.0.0.0", port=5000)
