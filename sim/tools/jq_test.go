package tools_test

import "testing"

func TestJQ(t *testing.T) {
	h := newHarbour(t)
	h.run(`cat > x.json <<'E'
[{"Name":"/web","State":{"Status":"running","Pid":7},"Mounts":[],"Env":["A=1","B=2"]},{"Name":"/db","State":{"Status":"exited","Pid":0},"Mounts":[1]}]
E`)
	h.all([][2]string{
		{"jq -r '.[0].State.Status' x.json", "running\n"},
		{"cat x.json | jq '.[] | .Name'", "\"/web\"\n\"/db\"\n"},
		{"jq -c '.[0] | keys' x.json", `["Env","Mounts","Name","State"]` + "\n"},
		{"jq '.[0].State' x.json", "{\n  \"Status\": \"running\",\n  \"Pid\": 7\n}\n"},
		{"jq -c '.[0] | {Name, n: (.Env | length)}' x.json", `{"Name":"/web","n":2}` + "\n"},
		{"jq -r '.[] | select(.State.Status == \"exited\") | .Name | ltrimstr(\"/\")' x.json", "db\n"},
		{"jq -c 'map(.State.Pid) | add' x.json", "7\n"},
		{"jq -r '.[0].Env[]' x.json", "A=1\nB=2\n"},
		{"jq -r '.[] | \"\\(.Name) is \\(.State.Status)\"' x.json", "/web is running\n/db is exited\n"},
		{"jq -c '.[0].nothing // \"none\", .[1].Mounts[0]' x.json", "\"none\"\n1\n"},
		{"jq '.a' x.json", "jq: error (at <stdin>:0): Cannot index array with \"a\"\n"},
		{"jq -c 'sort_by(.Name) | [.[].Name]' x.json", `["/db","/web"]` + "\n"},
		{"echo '{\"b\":1,\"a\":[]}' | jq .", "{\n  \"b\": 1,\n  \"a\": []\n}\n"},
		{"jq -n --arg v x '{v: $v}' -c", `{"v":"x"}` + "\n"},
	})
}
