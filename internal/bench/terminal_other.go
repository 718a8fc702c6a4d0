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

func firstFrame(string, ...string) (time.Duration, error) {
	return 0, errors.New("only Linux has the kind of terminal that this program opens")
}
