docker network create lock
docker build -q -t counter .
docker run -d --name redis --network lock redis:alpine
docker run -d --name web --network lock -p 8000:5000 -v .:/code -e FLASK_DEBUG=true counter
docker ps
