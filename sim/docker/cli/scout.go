package cli

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"drydock/sim/clock"
	"drydock/sim/image"
)

// scoutCommands are those of `docker scout`, the plugin that looks for known
// vulnerabilities, as far as the simulator has it.
func scoutCommands() []Command {
	return []Command{
		{Name: "cache", Short: "Manage Docker Scout cache and temporary files"},
		{Name: "compare", Short: "Compare two images and display differences (experimental)"},
		{Name: "cves", Short: "Display CVEs identified in a software artifact", New: newScoutCves},
		{Name: "quickview", Aliases: []string{"qv"}, Short: "Quick overview of an image", New: newScoutQuickview},
		{Name: "recommendations", Short: "Display available base image updates and remediation recommendations"},
		{Name: "sbom", Short: "Generate or display SBOM of an image"},
	}
}

// severities in the order in which scout counts them.
func severities() []string { return []string{"critical", "high", "medium", "low"} }

// scanned is an image with what a scan found, worst first.
type scanned struct {
	name  string
	image *image.Image
	found []image.Vulnerability
}

// scan finds the image here, or pulls it, and looks its packages up.
func (c *Client) scan(args []string) (*scanned, error) {
	ref := ""
	switch {
	case len(args) > 0:
		ref = args[0]
	case len(c.Engine.Builds()) > 0:
		builds := c.Engine.Builds()
		ref = builds[len(builds)-1].Tag
	}
	if ref == "" {
		return nil, StatusError{"no image to analyze: name one, or build one first", 1}
	}
	for _, prefix := range []string{"image://", "local://", "registry://"} {
		ref = strings.TrimPrefix(ref, prefix)
	}
	img, err := c.Engine.Image(ref)
	if err != nil {
		if err := c.Engine.Pull(c.Process, ref, c.Stderr, true); err != nil {
			return nil, StatusError{"ERROR  " + err.Error(), 1}
		}
		if img, err = c.Engine.Image(ref); err != nil {
			return nil, err
		}
		c.Errorf("    ✓ Pulled\n")
	}
	if err := c.Do(func(p *clock.Proc) error { p.Sleep(indexTime); return nil }); err != nil {
		return nil, err
	}
	c.Errorf("    ✓ Image stored for indexing\n    ✓ Indexed %d packages\n", packages(img))
	s := &scanned{ref, img, slices.Clone(img.Vulnerabilities)}
	slices.SortStableFunc(s.found, func(a, b image.Vulnerability) int { return rank(a) - rank(b) })
	return s, nil
}

// indexTime is how long scout takes to list the packages of an image.
const indexTime = 1500 * time.Millisecond

// packages estimates how many packages an image holds from its size: about one
// for each half megabyte, as distribution packages go.
func packages(i *image.Image) int { return 12 + int(i.Size()/600_000) }

func rank(v image.Vulnerability) int { return slices.Index(severities(), strings.ToLower(v.Severity)) }

// count shows how many there are of each severity: "   0C     1H     2M     0L".
func count(found []image.Vulnerability) string {
	text := ""
	for _, s := range severities() {
		n := 0
		for _, v := range found {
			if strings.EqualFold(v.Severity, s) {
				n++
			}
		}
		text += fmt.Sprintf("%4d%c  ", n, s[0]-'a'+'A')
	}
	return strings.TrimRight(text, " ") + "  "
}

func newScoutQuickview(c *Client) *cobra.Command {
	return &cobra.Command{
		Use: "quickview [IMAGE]", Short: "Quick overview of an image", Args: requiresMaxArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			s, err := c.scan(args)
			if err != nil {
				return err
			}
			width := max(len(s.name), 12)
			c.Printf("\n  %-18s │  %-*s  │ %s\n", "Target", width, s.name, count(s.found))
			c.Printf("    %-16s │  %-*s  │\n", "digest", width, image.ShortID(s.image.ID))
			if base := c.baseOf(s.image); base != nil {
				name := c.Engine.RepoTags(base)[0]
				c.Printf("  %-18s │  %-*s  │ %s\n", "Base image", width, name, count(base.Vulnerabilities))
			}
			c.Errorf("\nWhat's next:\n    View vulnerabilities → docker scout cves %s\n", s.name)
			return nil
		},
	}
}

// baseOf is the image here whose layers another begins with, the largest one.
func (c *Client) baseOf(i *image.Image) *image.Image {
	var base *image.Image
	for _, other := range c.Engine.Images.Images() {
		n := len(other.Layers)
		if n == 0 || n >= len(i.Layers) || len(c.Engine.RepoTags(other)) == 0 || base != nil && len(base.Layers) >= n {
			continue
		}
		if slices.EqualFunc(other.Layers, i.Layers[:n], func(a, b *image.Layer) bool { return a.Digest == b.Digest }) {
			base = other
		}
	}
	return base
}

func newScoutCves(c *Client) *cobra.Command {
	var only []string
	var fixed, exitCode bool
	cmd := &cobra.Command{Use: "cves [OPTIONS] [IMAGE|DIRECTORY|ARCHIVE]", Short: "Display CVEs identified in a software artifact", Args: requiresMaxArgs(1)}
	f := cmd.Flags()
	f.BoolVarP(&exitCode, "exit-code", "e", false, "Return exit code '2' if vulnerabilities are detected")
	f.String("format", "packages", "Output format of the generated vulnerability report")
	f.BoolVar(&fixed, "only-fixed", false, "Filter to fixable CVEs")
	f.StringSliceVar(&only, "only-severity", nil, "Comma separated list of severities (critical, high, medium, low, unspecified) to filter CVEs by")
	f.StringP("output", "o", "", "Write the report to a file")
	absent(f, "format", "output")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		s, err := c.scan(args)
		if err != nil {
			return err
		}
		s.found = slices.DeleteFunc(s.found, func(v image.Vulnerability) bool {
			return fixed && v.Fixed == "" || len(only) > 0 && !slices.ContainsFunc(only, func(o string) bool { return strings.EqualFold(o, v.Severity) })
		})
		c.printCves(s)
		if exitCode && len(s.found) > 0 {
			return StatusError{"", 2}
		}
		return nil
	}
	return cmd
}

func (c *Client) printCves(s *scanned) {
	names := vulnerablePackages(s.found)
	if len(s.found) == 0 {
		c.Errorf("    ✓ No vulnerable package detected\n")
	} else {
		c.Errorf("    ✗ Detected %d vulnerable %s with a total of %d %s\n", len(names), many(len(names), "package", "packages"),
			len(s.found), many(len(s.found), "vulnerability", "vulnerabilities"))
	}
	line := func(name, value string) { c.Printf("  %-17s │ %s\n", name, value) }
	c.Printf("\n\n## Overview\n\n                    │       Analyzed Image\n────────────────────┼──────────────────────────────\n")
	line("Target", " "+s.name)
	line("  digest", " "+image.ShortID(s.image.ID))
	line("  platform", "linux/"+s.image.Architecture)
	line("  vulnerabilities", count(s.found))
	line("  size", shortSize(s.image.ContentSize()))
	line("  packages", fmt.Sprint(packages(s.image)))
	c.Printf("\n\n## Packages and Vulnerabilities\n\n")
	if len(s.found) == 0 {
		c.Printf("  No vulnerable packages detected\n\n")
		return
	}
	for _, name := range names {
		c.printPackage(name, s.found)
	}
	c.Printf("%d %s found in %d %s\n", len(s.found), many(len(s.found), "vulnerability", "vulnerabilities"), len(names), many(len(names), "package", "packages"))
	for _, severity := range severities() {
		n := 0
		for _, v := range s.found {
			if strings.EqualFold(v.Severity, severity) {
				n++
			}
		}
		c.Printf("  %-8s  %d\n", strings.ToUpper(severity), n)
	}
}

func (c *Client) printPackage(name string, found []image.Vulnerability) {
	mine := slices.DeleteFunc(slices.Clone(found), func(v image.Vulnerability) bool { return v.Package+" "+v.Version != name })
	c.Printf("%s %s\n\n", count(mine), name)
	for _, v := range mine {
		c.Printf("    ✗ %s %s\n      https://scout.docker.com/v/%s\n", strings.ToUpper(v.Severity), v.ID, v.ID)
		if v.Fixed == "" {
			c.Printf("      Affected range : >=0\n      Fixed version  : not fixed\n\n")
			continue
		}
		c.Printf("      Affected range : <%s\n      Fixed version  : %s\n\n", v.Fixed, v.Fixed)
	}
	c.Printf("\n")
}

func vulnerablePackages(found []image.Vulnerability) []string {
	var names []string
	for _, v := range found {
		if name := v.Package + " " + v.Version; !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

func many(n int, one, several string) string {
	if n == 1 {
		return one
	}
	return several
}
