package project

import (
	"errors"
	"testing"
)

func TestErrorsHaveTheWordsOfTheRelease(t *testing.T) {
	for from, to := range map[string]string{
		"yaml: while parsing a block mapping at line 1, column 3: line 3, column 4: did not find expected key":                "go-yaml load error in parser (while parsing a block mapping) at L2.C3-L4.C4: did not find expected key",
		"yaml: while scanning for the next token at line 3: found character that cannot start any token":                      "go-yaml load error in scanner (while scanning for the next token) at L3.C1: found character that cannot start any token",
		"yaml: while parsing a flow sequence at line 2, column 5: line 2, column 9: did not find expected ',' or ']'":         "go-yaml load error in parser (while parsing a flow sequence) at L3.C5-C9: did not find expected ',' or ']'",
		"yaml: line 3, column 10: mapping values are not allowed in this context":                                             "go-yaml load error in scanner at L3.C10: mapping values are not allowed in this context",
		"validating /home/dev/compose.yaml: services.web.imagee false schema":                                                 "validating /home/dev/compose.yaml: services.web additional properties 'imagee' not allowed",
		"failed to parse /c.yaml: yaml: construct errors:\n  line 1: line 4: mapping key \"image\" already defined at line 3": "failed to parse /c.yaml: yaml: construct errors: line 1: line 4: mapping key \"image\" already defined at line 3",
		"Invalid hostPort: eighty": "invalid hostPort: eighty",
		"no such service: x":       "no such service: x",
	} {
		if got := reword(errors.New(from)).Error(); got != to {
			t.Errorf("%s\n  became %s\n  not    %s", from, got, to)
		}
	}
}
