package cli

import (
	"errors"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"drydock/sim/clock"
	"drydock/sim/docker"
	"drydock/sim/docker/formatter"
)

// searchRow is a line of `docker search`.
type searchRow struct {
	formatter.Row
	r     docker.SearchResult
	trunc bool
}

// Name is the repository.
func (r searchRow) Name() string { return r.r.Name }

// Description is its first line, 45 characters of it unless --no-trunc was given.
func (r searchRow) Description() string {
	text := strings.ReplaceAll(r.r.Description, "\n", " ")
	if r.trunc {
		return formatter.Ellipsis(text, 45)
	}
	return text
}

// StarCount is how many people marked it.
func (r searchRow) StarCount() int { return r.r.Stars }

// IsOfficial marks the images of Docker's own library.
func (r searchRow) IsOfficial() string {
	if r.r.Official {
		return "[OK]"
	}
	return ""
}

func newSearch(c *Client) *cobra.Command {
	var format string
	var limit int
	var noTrunc bool
	cmd := &cobra.Command{Use: "search [OPTIONS] TERM", Short: "Search Docker Hub for images", Args: exactArgs(1)}
	f := cmd.Flags()
	filter := filterFlag(f, "f", "Filter output based on conditions provided")
	f.StringVar(&format, "format", "", "Pretty-print search using a Go template")
	f.IntVar(&limit, "limit", 0, "Max number of search results")
	f.BoolVar(&noTrunc, "no-trunc", false, "Don't truncate output")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		if err := filter.check("is-official", "stars", "is-automated"); err != nil {
			return c.daemon(err)
		}
		if limit < 0 || limit > 100 {
			return c.daemon(errors.New("limit " + strconv.Itoa(limit) + " is outside the range of [1, 100]"))
		}
		var found []docker.SearchResult
		err := c.Do(func(p *clock.Proc) (err error) { found, err = c.Engine.Search(p, args[0]); return err })
		if err != nil {
			return c.daemon(err)
		}
		rows, err := searchRows(filter, found, !noTrunc)
		if err != nil {
			return c.daemon(err)
		}
		if limit > 0 && len(rows) > limit {
			rows = rows[:limit]
		}
		header := formatter.Header{"Name": "NAME", "Description": "DESCRIPTION", "StarCount": "STARS", "IsOfficial": "OFFICIAL"}
		return formatter.New(format, "{{.Name}}\t{{.Description}}\t{{.StarCount}}\t{{.IsOfficial}}", header).Write(c.Stdout, rows...)
	}
	return cmd
}

func searchRows(filter *filters, found []docker.SearchResult, trunc bool) ([]any, error) {
	official, given, err := filter.yes("is-official")
	if err != nil {
		return nil, err
	}
	var rows []any
	for _, r := range found {
		if given && r.Official != official || !filter.any("stars", func(v string) bool { n, err := strconv.Atoi(v); return err == nil && r.Stars >= n }) {
			continue
		}
		rows = append(rows, searchRow{r: r, trunc: trunc})
	}
	return rows, nil
}
