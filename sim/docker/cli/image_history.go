package cli

import (
	"strconv"
	"strings"

	"github.com/docker/go-units"
	"github.com/spf13/cobra"

	"drydock/sim/docker"
	"drydock/sim/docker/formatter"
	"drydock/sim/image"
)

// historyRow is a line of `docker history`.
type historyRow struct {
	formatter.Row
	c              *Client
	h              docker.HistoryItem
	trunc, inWords bool
}

// ID is the image that ends with this line, where it is known.
func (r historyRow) ID() string {
	if r.trunc && strings.HasPrefix(r.h.ID, "sha256:") {
		return image.ShortID(r.h.ID)
	}
	return r.h.ID
}

// CreatedSince is the age in words, or the time with --human=false.
func (r historyRow) CreatedSince() string {
	if !r.inWords {
		return r.CreatedAt()
	}
	return units.HumanDuration(r.c.Now().Sub(r.h.Created)) + " ago"
}

// CreatedAt is when the line was made.
func (r historyRow) CreatedAt() string { return r.h.Created.Format("2006-01-02T15:04:05Z07:00") }

// CreatedBy is the instruction, 45 characters of it unless --no-trunc was given.
func (r historyRow) CreatedBy() string {
	text := strings.ReplaceAll(r.h.CreatedBy, "\t", " ")
	if r.trunc {
		return formatter.Ellipsis(text, 45)
	}
	return text
}

// Size is what the line added, in words or bytes.
func (r historyRow) Size() string {
	if r.inWords {
		return shortSize(r.h.Size)
	}
	return strconv.FormatInt(r.h.Size, 10)
}

// Comment is who wrote the line.
func (r historyRow) Comment() string { return r.h.Comment }

func historyHeader() formatter.Header {
	return formatter.Header{
		"ID": "IMAGE", "CreatedSince": "CREATED", "CreatedAt": "CREATED AT", "CreatedBy": "CREATED BY", "Size": "SIZE", "Comment": "COMMENT",
	}
}

func newHistory(c *Client) *cobra.Command {
	var human, noTrunc, quiet bool
	var format, platform string
	cmd := &cobra.Command{
		Use: "history [OPTIONS] IMAGE", Short: "Show the history of an image", Args: exactArgs(1),
		Annotations: map[string]string{"aliases": "docker image history, docker history"},
	}
	f := cmd.Flags()
	f.StringVar(&format, "format", "", formatHelp)
	f.BoolVarP(&human, "human", "H", true, "Print sizes and dates in human readable format")
	f.BoolVar(&noTrunc, "no-trunc", false, "Don't truncate output")
	f.StringVar(&platform, "platform", "", "Show history for the given platform. Formatted as \"os[/arch[/variant]]\" (e.g., \"linux/amd64\")")
	f.BoolVarP(&quiet, "quiet", "q", false, "Only show image IDs")
	absent(f, "platform")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		items, err := c.Engine.History(args[0])
		if err != nil {
			return c.daemon(err)
		}
		rows := make([]any, len(items))
		for i, h := range items {
			rows[i] = historyRow{c: c, h: h, trunc: !noTrunc, inWords: human}
		}
		if quiet && format == "" {
			format = "{{.ID}}"
		}
		table := "{{.ID}}\t{{.CreatedSince}}\t{{.CreatedBy}}\t{{.Size}}\t{{.Comment}}"
		if !human {
			table = "{{.ID}}\t{{.CreatedAt}}\t{{.CreatedBy}}\t{{.Size}}\t{{.Comment}}"
		}
		return formatter.New(format, table, historyHeader()).Write(c.Stdout, rows...)
	}
	return cmd
}
