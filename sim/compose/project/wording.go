package project

import (
	"errors"
	"regexp"
	"strconv"
	"strings"
)

// reword gives an error of the libraries the words of Compose 5.5.0, which was
// built with other releases of them (compose-go 2.14.0, yaml 4.0.0-rc.6,
// go-connections 0.7.0): the same findings, told differently.
func reword(err error) error {
	for {
		many, ok := err.(interface{ Unwrap() []error })
		if !ok || len(many.Unwrap()) == 0 {
			break
		}
		err = many.Unwrap()[0] // only the first is told
	}
	if err == nil {
		return nil
	}
	text := err.Error()
	switch {
	case strings.HasPrefix(text, "yaml: "):
		text = rewordYAML(text)
	case strings.Contains(text, ": yaml: construct errors:\n"):
		text = regexp.MustCompile(`\n +`).ReplaceAllString(text, " ")
	case strings.HasPrefix(text, "Invalid hostPort") || strings.HasPrefix(text, "Invalid containerPort") || strings.HasPrefix(text, "Invalid ip"):
		text = "invalid" + strings.TrimPrefix(text, "Invalid")
	case strings.HasPrefix(text, "validating "):
		text = regexp.MustCompile(`(\S*?)\.?([^.\s]+) false schema$`).ReplaceAllString(text, "$1 additional properties '$2' not allowed")
	}
	if text == err.Error() {
		return err
	}
	return errors.New(text)
}

// rewordYAML tells where a file cannot be read as "L2.C3-L4.C4". The older release
// of the parser counts its lines from 0, its scanner from 1.
func rewordYAML(text string) string {
	const mark = `(?:line (\d+)(?:, column (\d+))?|<unknown position>)`
	pattern := regexp.MustCompile(`^yaml: (?:(while [^:]+?) at ` + mark + `: )?(?:` + mark + `: )?(.*)$`)
	m := pattern.FindStringSubmatch(text)
	if m == nil || m[1] == "" && m[4] == "" {
		return text
	}
	stage, first := "scanner", 0
	if strings.HasPrefix(m[1], "while parsing") || strings.Contains(m[6], "expected <") {
		stage, first = "parser", 1
	}
	from, to := place(m[2], m[3], first), place(m[4], m[5], first)
	if m[1] == "" {
		return "go-yaml load error in " + stage + " at " + to + ": " + m[6]
	}
	at := from
	switch line, _, _ := strings.Cut(from, "."); {
	case m[4] == "" || from == to:
	case strings.HasPrefix(to, line+"."):
		at += "-" + strings.TrimPrefix(to, line+".")
	default:
		at += "-" + to
	}
	return "go-yaml load error in " + stage + " (" + m[1] + ") at " + at + ": " + m[6]
}

func place(line, column string, first int) string {
	n, _ := strconv.Atoi(line)
	if column == "" {
		column = "1"
	}
	return "L" + strconv.Itoa(max(n+first, 1)) + ".C" + column
}
