package replay

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"drydock/sim"
)

// eventForm is one way in which recordings word what happened.
type eventForm struct {
	pattern *regexp.Regexp
	act     func(s *stage, groups []string) error
}

// eventForms are tried in order; the first that fits decides.
func eventForms() []eventForm {
	form := func(pattern string, act func(*stage, []string) error) eventForm {
		return eventForm{regexp.MustCompile("^(?i:" + pattern + ")$"), act}
	}
	return []eventForm{
		form(`wait until node ls shows ([\w.-]+) (\w+)`, (*stage).waitNode),
		form(`wait until the (?:update|rollback) is (?:complete|over|paused)`, (*stage).waitUpdate),
		form(`wait until about ([\d.]+) (\w+) have passed`, (*stage).waitSince),
		form(`wait ([\d.]+) ?(\w+) until ([\w.-]+) is (Ready|NotReady)`, waitKube(1, nodeIs)),
		form(`wait ([\d.]+) ?(\w+) until the pods of ([\w.-]+) are being deleted`, waitKube(1, podsAreDeleted)),
		form(`wait ([\d.]+) ?(\w+) until it waits in back-off`, waitKube(2, podShows("CrashLoopBackOff"))),
		form(`wait ([\d.]+) ?(\w+) until the back-off shows`, waitKube(1, podShows("ImagePullBackOff"))),
		form(`wait ([\d.]+) ?(\w+) until the first pull failed`, waitKube(1, podShows("ErrImagePull"))),
		form(`wait ([\d.]+) ?(\w+) until .+`, (*stage).waitAndSettle),
		form(`wait ([\d.]+) ?(\w+)`, (*stage).wait),
		form(`wait until .+`, func(s *stage, _ []string) error { s.session.Settle(); return nil }),
		form(`([\w.-]+) (loses power|is switched off)`, faulty("power off")),
		form(`([\w.-]+) (has power again|is switched on again)`, faulty("power on")),
		form(`the docker daemon(?: (?:of|on) ([\w.-]+))? (?:is stopped|stops)`, faulty("daemon stop")),
		form(`the docker daemon(?: (?:of|on) ([\w.-]+))? (?:is started|starts)(?: again)?`, faulty("daemon start")),
		form(`(kube-[a-z-]+) (?:is stopped|stops)`, faulty("component stop")),
		form(`(kube-[a-z-]+) (?:is started|starts)(?: again)?`, faulty("component start")),
		form(`the API server (?:is stopped|stops)`, once("component stop kube-apiserver")),
		form(`the API server (?:is started|starts)(?: again)?`, once("component start kube-apiserver")),
		form(`the other program ends`, (*stage).endPrograms),
		form(`(/\S+) now says: (.+)`, (*stage).rewrite),
		form(`the file now also says: (.+)`, (*stage).extend),
		form(`the internet (?:is down|is gone|cannot be reached)|the DNS server is (?:now )?unreachable|network interface \S+ goes down`, once("internet down")),
		form(`the internet (?:is up|is back)(?: again)?`, once("internet up")),
	}
}

// happen makes what an event's words say happen.
func (s *stage) happen(text string) error {
	for _, f := range s.forms {
		if groups := f.pattern.FindStringSubmatch(text); groups != nil {
			return f.act(s, groups)
		}
	}
	if _, err := sim.ParseFault(text); err == nil {
		return s.session.Fault(text, false)
	}
	return fmt.Errorf("the event %q cannot be re-enacted; nothing happened", text)
}

// wait lets the time pass that an event names.
func (s *stage) wait(groups []string) error {
	d, err := duration(groups[1], groups[2])
	if err == nil {
		s.session.Advance(d)
	}
	return err
}

// waitAndSettle waits for at least the time that the real thing took, and then
// until nothing is under way.
func (s *stage) waitAndSettle(groups []string) error {
	err := s.wait(groups)
	s.session.Settle()
	return err
}

// waitSince waits until that much time has passed since the first command.
func (s *stage) waitSince(groups []string) error {
	d, err := duration(groups[1], groups[2])
	if left := d - (s.session.World().Elapsed() - s.began); err == nil && left > 0 {
		s.session.Advance(left)
	}
	return err
}

// faulty is an event that names its machine, or means the first.
func faulty(fault string) func(*stage, []string) error {
	return func(s *stage, groups []string) error {
		machine := groups[1]
		if machine == "" {
			machine = s.first()
		}
		return s.session.Fault(fault+" "+machine, false)
	}
}

func once(fault string) func(*stage, []string) error {
	return func(s *stage, _ []string) error { return s.session.Fault(fault, false) }
}

// endPrograms ends the programs that the title said were listening.
func (s *stage) endPrograms([]string) error {
	for _, port := range s.rec.listening() {
		if err := s.session.Fault("process stop "+s.first()+" "+port, false); err != nil {
			return err
		}
	}
	return nil
}

// rewrite gives a file of the first machine another text.
func (s *stage) rewrite(groups []string) error {
	s.file, s.text = groups[1], groups[2]+"\n"
	s.session.WriteFile(s.first(), s.file, s.text)
	return nil
}

// extend adds a line to the file that an earlier event spoke of.
func (s *stage) extend(groups []string) error {
	if s.file == "" {
		return errors.New("no earlier event names the file")
	}
	s.text += groups[1] + "\n"
	s.session.WriteFile(s.first(), s.file, s.text)
	return nil
}

// maxWait bounds one wait, so that a recording cannot keep a replay for ever.
const maxWait = 30 * 24 * time.Hour

func duration(number, unit string) (time.Duration, error) {
	n, err := strconv.ParseFloat(number, 64)
	if err != nil {
		return 0, fmt.Errorf("%q is no number", number)
	}
	units := []struct {
		names string
		size  time.Duration
	}{
		{" ms millisecond milliseconds ", time.Millisecond},
		{" s sec second seconds ", time.Second},
		{" m min minute minutes ", time.Minute},
		{" h hour hours ", time.Hour},
		{" d day days ", 24 * time.Hour},
	}
	for _, u := range units {
		if strings.Contains(u.names, " "+strings.ToLower(unit)+" ") {
			if n > float64(maxWait/u.size) {
				return 0, fmt.Errorf("a wait may last 30 days at most")
			}
			return time.Duration(n * float64(u.size)), nil
		}
	}
	return 0, fmt.Errorf("%q is no unit of time", unit)
}
