//go:build !linux

package main

import (
	"errors"
	"time"
)

// The screen that programs are measured on.
const (
	columns = 120
	rows    = 36
)

func firstFrame(time.Duration, string, ...string) (time.Duration, int, error) {
	return 0, 0, errors.New("only Linux has the kind of terminal that this program opens")
}
