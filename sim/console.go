package sim

import (
	"slices"

	"drydock/sim/clock"
	"drydock/sim/machine"
	"drydock/sim/vfs"
)

// console is the learner's terminal: a login shell on one machine at a time, and
// the screen that everything on it is written to.
type console struct {
	world   *World
	machine *machine.Machine
	screen  *screen
	tty     *machine.TTY
	shells  map[string]*seat // by machine
	command int
	edit    *EditRequest
	edited  *clock.Signal // broadcast when the edit is over
}

// seat is a machine's place at the console: its terminal and login shell go on
// when the learner looks at another machine.
type seat struct {
	tty    *machine.TTY
	screen *screen
	proc   *machine.Process
}

// defaultColumns is the console's width until the screen says otherwise.
const defaultColumns = 80

func newConsole(w *World) *console {
	return &console{world: w, shells: map[string]*seat{}, screen: &screen{columns: defaultColumns}}
}

// switchTo brings the console to a machine and starts its login shell if none runs.
func (c *console) switchTo(name string) {
	m := c.world.site.Machine(name)
	if m == nil {
		return
	}
	c.machine = m
	s := c.shells[name]
	if s == nil || s.proc == nil || s.proc.Done() {
		s = c.sit(m)
		c.shells[name] = s
	}
	c.tty = s.tty
}

// sit starts a login shell for the console on a machine. A machine without
// power gets none; the next line typed tries again.
func (c *console) sit(m *machine.Machine) *seat {
	s := &seat{tty: machine.NewTTY(c.world.clock, c.screen.columns, 40, c.screen), screen: c.screen}
	if !m.Powered {
		return s
	}
	weight := clock.Work // what runs in the foreground is waited for
	proc, err := m.Start(machine.Spec{
		Args: []string{"-bash"}, Main: c.world.logins[m.Name].Interactive(), Stdin: s.tty, Stdout: s.tty, Stderr: s.tty, TTY: s.tty, Weight: &weight,
	})
	if err == nil {
		s.proc = proc
	}
	return s
}

// typed hands a line to whoever reads, after showing it where it was typed.
func (c *console) typed(line string) {
	if c.machine == nil {
		return
	}
	c.switchTo(c.machine.Name)
	c.world.clock.Run()
	if !c.machine.Powered {
		c.screen.note(c.machine.Name + " has no power")
		return
	}
	prompt := c.prompt()
	if c.tty.Active().Editor != nil {
		c.command++
	}
	if !c.tty.Active().Secret {
		c.screen.typed(prompt, line, c.command, c.tty.Active().Editor != nil)
	} else {
		c.screen.typed(prompt, "", c.command, false)
	}
	c.tty.Type(line + "\n")
}

func (c *console) interrupt() {
	if c.tty == nil {
		return
	}
	c.screen.write("^C\n")
	c.tty.Interrupt(machine.SIGINT)
}

func (c *console) eof() {
	if c.tty != nil && c.tty.Reading() {
		c.tty.EOF()
	}
}

func (c *console) resize(columns int) {
	if columns < 20 || columns > 500 {
		return
	}
	c.screen.columns = columns
	for _, s := range c.shells {
		s.tty.Width = columns
	}
}

// busy reports a command in the foreground: nobody reads at the prompt.
func (c *console) busy() bool {
	return c.tty != nil && c.machine.Powered && !c.tty.Reading() && c.edit == nil
}

// prompt is what stands before the cursor while a line is awaited.
func (c *console) prompt() string {
	if c.tty == nil || !c.tty.Reading() {
		return ""
	}
	if c.tty.Active().Editor != nil {
		return c.tty.Active().Editor.Prompt
	}
	return c.screen.partial()
}

func (c *console) snapshot() Console {
	s := Console{Lines: slices.Clone(c.screen.lines()), Busy: c.busy()}
	if c.machine != nil {
		s.Machine = c.machine.Name
		s.Status = c.world.logins[c.machine.Name].Status()
	}
	if c.tty != nil {
		s.Reading, s.Secret, s.Prompt = c.tty.Reading(), c.tty.Active().Secret, c.prompt()
		if c.tty.Active().Editor != nil {
			s.Machine = c.tty.Active().Editor.Machine
			s.History = c.tty.Active().Editor.History()
		}
	}
	if c.edit != nil {
		e := *c.edit
		s.Edit = &e
	}
	return s
}

func (c *console) complete(line string, cursor int) (int, []Candidate) {
	if c.tty == nil || c.tty.Active().Editor == nil || c.tty.Active().Editor.Complete == nil {
		return cursor, nil
	}
	cursor = min(max(cursor, 0), len(line))
	from, found := c.tty.Active().Editor.Complete(line, cursor)
	candidates := make([]Candidate, len(found))
	for i, f := range found {
		candidates[i] = Candidate(f)
	}
	return from, candidates
}

// requestEdit is how `edit FILE` asks for the game's editor: it waits until the
// learner has saved the file or left it.
func (c *console) requestEdit(p *machine.Process, name string) error {
	full := p.Abs(name)
	data, err := p.FS.ReadFile(full)
	if err != nil && err != vfs.ErrNotExist {
		return err
	}
	c.edit = &EditRequest{Machine: p.Machine.Name, Path: full, Data: string(data), New: err != nil}
	done := p.Clock().NewSignal()
	c.edited = done
	p.WaitFor(done, func() bool { return c.edited != done })
	return nil
}

func (c *console) finishEdit() {
	done := c.edited
	c.edit, c.edited = nil, nil
	if done != nil {
		done.Broadcast()
	}
}
