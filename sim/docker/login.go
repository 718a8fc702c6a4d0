package docker

import (
	"errors"

	"drydock/sim/clock"
	"drydock/sim/image"
)

// Login asks a registry whether it knows a user; the time that takes passes for p.
func (e *Engine) Login(p *clock.Proc, host string, c image.Credentials) error {
	p.Sleep(e.latency(host + "/x"))
	err := e.Hub.Login(host, e.access(host+"/x", c))
	var refused *image.Error
	if errors.As(err, &refused) && refused.Delay > 0 {
		p.Sleep(refused.Delay)
	}
	reason, message := "login", c.User+" logged in to "+host
	if err != nil {
		reason, message = "login-failed", c.User+" could not log in to "+host
	}
	e.emit("registry", host, reason, message, nil)
	return err
}
