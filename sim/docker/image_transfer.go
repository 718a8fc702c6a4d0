package docker

import (
	"net"
	"time"

	"drydock/sim/image"
)

// Speeds of a pull, in bytes a second, and how many layers come at a time (the
// daemon's max-concurrent-downloads).
const (
	localRate   = 110_000_000 // within the machine or its network
	extractRate = 90_000_000
	parallel    = 3
	// tick is how often progress is shown while a layer is on its way.
	tick = 200 * time.Millisecond
)

// Progress is one step of a transfer as docker reports it. Current and Total are
// bytes, 0 where the step has none.
type Progress struct {
	ID             string // layer, 12 digits; empty for a line about the whole
	Status         string // "Pulling fs layer", "Download complete", ...
	Current, Total int64
	Elapsed        time.Duration // for "Extracting"
}

// transfer is the layers of one pull or push on their way.
type transfer struct {
	jobs    []*job
	rate    float64 // bytes a second, shared by those that are under way
	report  func(Progress)
	sleep   func(time.Duration)
	ticking bool // report between the steps too
	// extract says that layers are unpacked after they arrived, one at a time and
	// lowest first.
	extract bool
	words   transferWords
}

type transferWords struct{ moving, arrived, done string }

type job struct {
	id            string
	left, total   float64
	unpack        float64 // bytes still to unpack
	unpacking     time.Duration
	arrived, done bool
}

// run moves everything and returns when the last layer is done.
func (t *transfer) run() {
	for !t.finished() {
		moving, unpacking := t.active()
		d := t.step(moving, unpacking)
		t.sleep(d)
		for _, j := range moving {
			j.left -= t.rate / float64(len(moving)) * d.Seconds()
			t.moved(j)
		}
		if unpacking != nil {
			unpacking.unpack -= extractRate * d.Seconds()
			unpacking.unpacking += d
			t.unpacked(unpacking)
		}
	}
}

func (t *transfer) finished() bool {
	for _, j := range t.jobs {
		if !j.done {
			return false
		}
	}
	return true
}

// active are the jobs that move now, and the one that is being unpacked.
func (t *transfer) active() (moving []*job, unpacking *job) {
	for _, j := range t.jobs {
		if !j.arrived && len(moving) < parallel {
			moving = append(moving, j)
		}
	}
	if t.extract {
		for _, j := range t.jobs {
			if !j.done {
				if j.arrived {
					unpacking = j
				}
				break
			}
		}
	}
	return moving, unpacking
}

// step is how long it takes until something ends.
func (t *transfer) step(moving []*job, unpacking *job) time.Duration {
	least := -1.0
	for _, j := range moving {
		if s := j.left / (t.rate / float64(len(moving))); least < 0 || s < least {
			least = s
		}
	}
	if unpacking != nil {
		if s := unpacking.unpack / extractRate; least < 0 || s < least {
			least = s
		}
	}
	d := time.Duration(max(least, 0)*float64(time.Second)) + time.Microsecond
	if t.ticking {
		d = min(d, tick)
	}
	return d
}

func (t *transfer) moved(j *job) {
	if j.left > 0.5 {
		if t.ticking {
			t.report(Progress{ID: j.id, Status: t.words.moving, Current: int64(j.total - j.left), Total: int64(j.total)})
		}
		return
	}
	j.arrived = true
	if !t.extract {
		j.done = true
	}
	t.report(Progress{ID: j.id, Status: t.words.arrived})
}

func (t *transfer) unpacked(j *job) {
	if j.unpack > 0.5 {
		if t.ticking {
			t.report(Progress{ID: j.id, Status: "Extracting", Elapsed: j.unpacking})
		}
		return
	}
	j.done = true
	t.report(Progress{ID: j.id, Status: t.words.done})
}

// far reports that a registry is on the internet rather than close by.
func (e *Engine) far(ref string) bool {
	host := image.Split(ref).Host
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	_, ok := e.Machine.Site.Internet.Lookup(host)
	return ok
}
