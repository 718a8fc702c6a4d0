package tools_test

import "testing"

func TestTextTools(t *testing.T) {
	newHarbour(t).all([][2]string{
		{"head -1 words", "pear 3\n"},
		{"tail -n 1 words", "apple 10\n"},
		{"tail -n +4 words", "apple 10\n"},
		{"wc words", " 4  8 31 words\n"},
		{"wc -l < words", "4\n"},
		{"cat -n words | head -1", "     1\tpear 3\n"},
		{"cat nosuch", "cat: nosuch: No such file or directory\n"},
		{"/busybox/cat nosuch", "cat: can't open 'nosuch': No such file or directory\n"},
		{"grep apple words | wc -l", "2\n"},
		{"grep -n fig words", "3:fig 2\n"},
		{"grep -c apple words nosuch", "words:2\ngrep: nosuch: No such file or directory\n"},
		{"grep -o '[0-9]\\+' words", "3\n10\n2\n10\n"},
		{"grep -vE 'pear|fig' words", "apple 10\napple 10\n"},
		{"grep -A1 pear words", "pear 3\napple 10\n"},
		{"sort words", "apple 10\napple 10\nfig 2\npear 3\n"},
		{"sort -k2,2nr -u words", "apple 10\npear 3\nfig 2\n"},
		{"sort words | uniq -c", "      2 apple 10\n      1 fig 2\n      1 pear 3\n"},
		{"cut -d' ' -f2 words", "3\n10\n2\n10\n"},
		{"tr a-z A-Z < words | head -1", "PEAR 3\n"},
		{"echo aabb | tr -s a", "abb\n"},
		{"sed 's/apple/plum/; /fig/d' words", "pear 3\nplum 10\nplum 10\n"},
		{"sed -n '2,3p' words", "apple 10\nfig 2\n"},
		{`sed -E 's/([a-z]+) ([0-9]+)/\2 \1/' words | head -1`, "3 pear\n"},
		{"sed -n '/fig/,$p' words", "fig 2\napple 10\n"},
		{`sed -n '/fig/{a\  two blanks
p}' words`, "fig 2\n  two blanks\n"},
		{"cp words w2; sed -i.bak 's/pear/nut/' w2; head -1 w2 w2.bak", "==> w2 <==\nnut 3\n\n==> w2.bak <==\npear 3\n"},
		{"awk '{print $2, $1}' words | head -1", "3 pear\n"},
		{"awk '{s += $2} END {print s, NR}' words", "25 4\n"},
		{"awk -F: '$2 > 5 {print $1}' <<< 'a:7'", "a\n"},
		{`awk '/apple/ {n++} END {printf "%d apples\n", n}' words`, "2 apples\n"},
		{"awk '{c[$1]++} END {for (k in c) print k, c[k]}' words | sort", "apple 2\nfig 1\npear 1\n"},
		{"awk 'NR==2, /fig/ {print $NF}' words", "10\n2\n"},
		{"seq 3; seq 1 2 5 | tr '\\n' ' '", "1\n2\n3\n1 3 5 "},
		{"echo a b c | xargs -n 2 echo got", "got a b\ngot c\n"},
		{"echo x | xargs -I{} echo '<{}>'", "<x>\n"},
		{"echo hello | base64; echo aGVsbG8K | base64 -d", "aGVsbG8K\nhello\n"},
		{"printf abc | md5sum", "900150983cd24fb0d6963f7d28e17f72  -\n"},
		{"diff <(echo a) <(echo b)", "1c1\n< a\n---\n> b\n"},
		{"ls --nosuch", "ls: unrecognized option '--nosuch'\nTry 'ls --help' for more information.\n"},
	})
}

func TestFileTools(t *testing.T) {
	newHarbour(t).all([][2]string{
		{"mkdir -p a/b; touch a/b/f; ls -R a", "a:\nb\n\na/b:\nf\n"},
		{"mkdir a", "mkdir: cannot create directory 'a': File exists\n"},
		{"/busybox/mkdir a", "mkdir: can't create directory 'a': File exists\n"},
		{"rmdir a", "rmdir: failed to remove 'a': Directory not empty\n"},
		{"rm a", "rm: cannot remove 'a': Is a directory\n"},
		{"cp a c", "cp: -r not specified; omitting directory 'a'\n"},
		{"cp -r a c; find c", "c\nc/b\nc/b/f\n"},
		{"find c -type f -name 'f*' -exec echo found {} \\;", "found c/b/f\n"},
		{"mv c d; ls -d c d", "d\nls: cannot access 'c': No such file or directory\n"},
		{"ln -s a link; readlink link; ls -l link | cut -c1", "a\nl\n"},
		{"touch x; chmod 640 x; stat -c '%a %U %s' x; chmod +x x; stat -c %a x", "640 root 0\n751\n"},
		{"tar czf t.tar.gz a; tar tf t.tar.gz", "a/\na/b/\na/b/f\n"},
		{"mkdir out; tar xf t.tar.gz -C out; find out -type f", "out/a/b/f\n"},
		{"rm -rf out d; rm -f nosuch; rm nosuch", "rm: cannot remove 'nosuch': No such file or directory\n"},
		{"basename /x/y.txt .txt; dirname /x/y.txt", "y\n/x\n"},
		{"date -u +%F; date -d @0 +%Y", "2026-11-23\n1970\n"},
		{"su nobody 2>/dev/null; whoami; id -u; hostname; uname -s", "root\n0\nlaptop\nLinux\n"},
		{"env -i A=1 env; which ls nosuch", "A=1\n/bin/ls\n"},
		{"timeout 1 sleep 5; echo $?", "124\n"},
		{"/busybox/ls nosuch", "ls: nosuch: No such file or directory\n"},
	})
}
