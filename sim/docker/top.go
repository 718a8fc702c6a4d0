package docker

import (
	"fmt"
	"strconv"
	"strings"

	"drydock/sim/machine"
)

// Top lists the processes of a running container as ps on the machine would:
// titles and rows. args are ps's own; without any it is "-ef".
func (e *Engine) Top(c *Container, args []string) (titles []string, rows [][]string, err error) {
	if !c.Running() {
		return nil, nil, fmt.Errorf("container %s is not running", c.ID)
	}
	columns := []string{"uid", "pid", "ppid", "c", "stime", "tty", "time", "cmd"}
	text := strings.Join(args, " ")
	if at := strings.Index(text, "o"); at >= 0 && !strings.Contains(text, "aux") && len(args) > 0 && args[0] != "-ef" {
		columns = strings.FieldsFunc(text[at+1:], func(r rune) bool { return r == ',' || r == ' ' })
	} else if strings.Contains(text, "aux") {
		columns = []string{"user", "pid", "%cpu", "%mem", "vsz", "rss", "tty", "stat", "start", "time", "command"}
	}
	for _, col := range columns {
		title, ok := topTitles()[col]
		if !ok {
			return nil, nil, fmt.Errorf("ps: error: unknown user-defined format specifier \"%s\"", col)
		}
		titles = append(titles, title)
	}
	for _, p := range c.group.Processes() {
		var row []string
		for _, col := range columns {
			row = append(row, topField(c, p, col))
		}
		rows = append(rows, row)
	}
	c.emit("top", "the processes of "+c.Name+" were listed", nil)
	return titles, rows, nil
}

func topTitles() map[string]string {
	return map[string]string{
		"uid": "UID", "user": "USER", "pid": "PID", "ppid": "PPID", "c": "C", "stime": "STIME", "start": "START", "tty": "TTY", "tt": "TT", "time": "TIME",
		"cmd": "CMD", "args": "COMMAND", "command": "COMMAND", "comm": "COMMAND", "%cpu": "%CPU", "%mem": "%MEM", "pcpu": "%CPU", "pmem": "%MEM", "rss": "RSS",
		"vsz": "VSZ", "stat": "STAT", "etime": "ELAPSED", "ruser": "RUSER", "nlwp": "NLWP", "ni": "NI", "pri": "PRI",
	}
}

func topField(c *Container, p *machine.Process, column string) string {
	switch column {
	case "uid", "user", "ruser":
		return topUser(c.engine.Machine, p)
	case "pid":
		return strconv.Itoa(p.PID)
	case "ppid":
		if p.Parent != nil && p.Parent.Group == p.Group {
			return strconv.Itoa(p.Parent.PID)
		}
		return strconv.Itoa(c.shimPID())
	case "c", "%cpu", "pcpu", "%mem", "pmem":
		if column == "c" {
			return "0"
		}
		return "0.0"
	case "stime", "start":
		return p.Started.Format("15:04")
	case "tty", "tt":
		if p.TTY != nil {
			return "pts/0"
		}
		return "?"
	case "time":
		return "00:00:00"
	case "comm":
		name := p.Args[0]
		return name[strings.LastIndex(name, "/")+1:]
	case "rss", "vsz":
		return strconv.FormatInt(p.Memory()>>10, 10)
	case "stat":
		return "Ss"
	case "etime":
		d := int(p.Now().Sub(p.Started).Seconds())
		return fmt.Sprintf("%02d:%02d", d/60, d%60)
	case "nlwp":
		return "1"
	case "ni":
		return "0"
	case "pri":
		return "19"
	}
	return p.Command()
}

// shimPID is the number of the container's shim on the machine.
func (c *Container) shimPID() int {
	if c.init == nil {
		return 1
	}
	return c.init.PID - 1
}

// topUser names a user as the machine knows it: by its own /etc/passwd.
func topUser(m *machine.Machine, p *machine.Process) string {
	for _, f := range entries(m.FS, "/etc/passwd", 6) {
		if f[2] == strconv.Itoa(p.User.UID) {
			return f[0]
		}
	}
	return strconv.Itoa(p.User.UID)
}
