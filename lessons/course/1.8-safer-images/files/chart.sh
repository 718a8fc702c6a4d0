# Fetches the secret chart of the harbour. It wants the token in the variable
# TOKEN or in the file /run/secrets/token.
TOKEN=${TOKEN:-$(cat /run/secrets/token 2>/dev/null)}
if [ "$TOKEN" != hunter2-harbour ]; then
  echo "401: no token, no chart"
  exit 1
fi
echo "Chart of the harbour" > /chart.txt
