package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"drydock/sim/image"
	"drydock/sim/image/build"
	"drydock/sim/image/build/progress"
)

// runBuild builds, shows how it goes on standard error, and says what came of it.
func (c *Client) runBuild(o *buildOptions, context string) error {
	if err := o.readOutputs(); err != nil {
		return err
	}
	mode, err := c.progressMode(o)
	if err != nil {
		return err
	}
	r, err := c.request(o, context)
	var status StatusError
	switch {
	case errors.As(err, &status):
		return err
	case err != nil:
		return fmt.Errorf("failed to build: %w", err)
	}
	img, trace, err := c.showBuild(r, mode, o.debug || c.debug())
	if err != nil {
		return c.buildError(err)
	}
	if r.Check {
		return c.printCheck(trace.Warnings())
	}
	if o.quiet {
		c.Printf("%s\n", img.ID)
	}
	if o.idFile != "" {
		if err := c.WriteFile(o.idFile, []byte(img.ID)); err != nil {
			return fmt.Errorf("failed to build: open %s: %w", o.idFile, err)
		}
	}
	return nil
}

// progressMode is what --progress and $BUILDKIT_PROGRESS ask for.
func (c *Client) progressMode(o *buildOptions) (progress.Mode, error) {
	word := o.progress
	if own := c.Env.Get("BUILDKIT_PROGRESS"); own != "" && word == "auto" {
		word = own
	}
	if o.quiet {
		if word != "auto" && word != "quiet" {
			return "", fmt.Errorf("progress=%s and quiet cannot be used together", word)
		}
		word = "quiet"
	}
	terminal := c.Stderr.Terminal()
	switch word {
	case "auto", "":
		if terminal != nil {
			return progress.Terminal, nil
		}
		return progress.Plain, nil
	case "plain":
		return progress.Plain, nil
	case "quiet", "none":
		return progress.Quiet, nil
	case "tty":
		if terminal == nil {
			return "", errors.New("failed to get console: provided file is not a console")
		}
		return progress.Terminal, nil
	case "rawjson":
		return "", StatusError{notSimulated("docker build --progress rawjson").Error(), 1}
	}
	return "", fmt.Errorf("invalid progress mode %s", word)
}

// showBuild runs the build with its display.
func (c *Client) showBuild(r build.Request, mode progress.Mode, debug bool) (*image.Image, *progress.Trace, error) {
	trace := progress.New(c.Now)
	display := c.Display(trace, mode)
	finished := false
	defer func() {
		if !finished { // interrupted
			if mode == progress.Terminal {
				display.Abandon()
			}
			display.Close()
			c.Errorf("ERROR: failed to build: failed to solve: Canceled: context canceled\n")
		}
	}()
	img, err := c.Engine.Build(c.Process, r, trace)
	finished = true
	display.Close()
	if mode != progress.Quiet && !r.Check {
		progress.PrintWarnings(c.Stderr, trace.Warnings(), debug)
	}
	return img, trace, err
}

// Display shows a trace on standard error as buildx does.
func (c *Client) Display(trace *progress.Trace, mode progress.Mode) *progress.Display {
	o := progress.Options{
		Mode: mode, Out: c.Stderr, Builder: "docker:default", Heading: `building with "default" instance using docker driver`,
		Colour: c.Env.Get("NO_COLOR") == "",
	}
	if terminal := c.Stderr.Terminal(); terminal != nil {
		o.Size = func() (int, int) { return terminal.Width, terminal.Height }
	}
	return progress.Show(c.Clock(), trace, o)
}

// buildError prints the places in the Dockerfile that an error is about.
func (c *Client) buildError(err error) error {
	var failed *build.Error
	if errors.As(err, &failed) {
		for _, text := range failed.Excerpts {
			c.Errorf("%s", text)
		}
	}
	return fmt.Errorf("failed to build: failed to solve: %w", err)
}

// debug reports `docker --debug build`.
func (c *Client) debug() bool {
	i := slices.Index(c.Process.Args, "build")
	return i > 0 && slices.ContainsFunc(c.Process.Args[:i], func(a string) bool { return a == "-D" || a == "--debug" })
}

// printCheck is the outcome of --check: each finding with its place.
func (c *Client) printCheck(warnings []progress.Warning) error {
	if len(warnings) == 0 {
		c.Printf("Check complete, no warnings found.\n")
		return nil
	}
	if len(warnings) == 1 {
		c.Printf("Check complete, 1 warning has been found!\n")
	} else {
		c.Printf("Check complete, %d warnings have been found!\n", len(warnings))
	}
	for _, w := range warnings {
		c.Printf("\nWARNING: %s", w.Rule)
		if w.URL != "" {
			c.Printf(" - %s", w.URL)
		}
		text, _, _ := strings.Cut(strings.TrimPrefix(w.Text, w.Rule+": "), " (line ")
		c.Printf("\n%s\n\n%s", text, w.Source)
	}
	return StatusError{StatusCode: 1}
}
