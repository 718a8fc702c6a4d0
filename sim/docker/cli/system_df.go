package cli

import (
	"fmt"
	"strconv"

	"github.com/docker/go-units"
	"github.com/spf13/cobra"

	"drydock/sim/docker"
	"drydock/sim/docker/formatter"
)

// usageRow is a line of `docker system df`.
type usageRow struct {
	formatter.Row
	kind          string
	total, active int
	size, free    int64
	percent       bool
}

// Type is the kind of object.
func (r usageRow) Type() string { return r.kind }

// TotalCount is how many there are.
func (r usageRow) TotalCount() string { return strconv.Itoa(r.total) }

// Active is how many are in use.
func (r usageRow) Active() string { return strconv.Itoa(r.active) }

// Size is the disk that they take.
func (r usageRow) Size() string { return units.HumanSize(float64(r.size)) }

// Reclaimable is what removing the unused ones would free.
func (r usageRow) Reclaimable() string {
	free := units.HumanSize(float64(r.free))
	if r.percent && r.size > 0 {
		return fmt.Sprintf("%s (%d%%)", free, r.free*100/r.size)
	}
	return free
}

func newSystemDf(c *Client) *cobra.Command {
	var verbose bool
	var format string
	cmd := &cobra.Command{
		Use: "df [OPTIONS]", Short: "Show docker disk usage", Args: noArgs,
		RunE: func(*cobra.Command, []string) error {
			u := c.Engine.DiskUsage()
			if verbose && format == "" {
				return c.verboseUsage(u)
			}
			header := formatter.Header{"Type": "TYPE", "TotalCount": "TOTAL", "Active": "ACTIVE", "Size": "SIZE", "Reclaimable": "RECLAIMABLE"}
			return formatter.New(format, "{{.Type}}\t{{.TotalCount}}\t{{.Active}}\t{{.Size}}\t{{.Reclaimable}}", header).Write(c.Stdout, usageRows(u)...)
		},
	}
	f := cmd.Flags()
	f.StringVar(&format, "format", "", formatHelp)
	f.BoolVarP(&verbose, "verbose", "v", false, "Show detailed information on space usage")
	return cmd
}

func usageRows(u docker.DiskUsage) []any {
	images := usageRow{kind: "Images", total: len(u.Images), size: u.LayersSize, percent: true}
	for _, i := range u.Images {
		if i.Containers > 0 {
			images.active++
		} else {
			images.free += i.Sizes.Unique
		}
	}
	containers := usageRow{kind: "Containers", total: len(u.Containers), percent: true}
	for _, c := range u.Containers {
		containers.size += c.Size
		if c.Container.Running() {
			containers.active++
		} else {
			containers.free += c.Size
		}
	}
	volumes := usageRow{kind: "Local Volumes", total: len(u.Volumes), percent: true}
	for _, v := range u.Volumes {
		volumes.size += v.Size
		if v.Links > 0 {
			volumes.active++
		} else {
			volumes.free += v.Size
		}
	}
	cache := usageRow{kind: "Build Cache", total: len(u.Cache)}
	for _, r := range u.Cache {
		cache.size += r.Size
		if r.InUse {
			cache.active++
		} else if !r.Shared {
			cache.free += r.Size
		}
	}
	return []any{images, containers, volumes, cache}
}

// dfImage is a line about an image in `docker system df -v`.
type dfImage struct {
	imageRow
	usage docker.ImageUsage
}

// Size is the whole image, three digits as in `docker images`.
func (r dfImage) Size() string { return shortSize(r.usage.Sizes.Total) }

// SharedSize is what other images have too.
func (r dfImage) SharedSize() string { return units.HumanSize(float64(r.usage.Sizes.Shared)) }

// UniqueSize is what only this image has.
func (r dfImage) UniqueSize() string { return units.HumanSize(float64(r.usage.Sizes.Unique)) }

// dfContainer is a line about a container in `docker system df -v`.
type dfContainer struct {
	*formatter.ContainerContext
	usage docker.ContainerUsage
}

// Size is that of the container's own layer.
func (r dfContainer) Size() string { return shortSize(r.usage.Size) }

// dfCache is a line about a record of the build cache.
type dfCache struct {
	formatter.Row
	c      *Client
	record docker.CacheRecord
}

// ID is the short id; an asterisk marks what is in use.
func (r dfCache) ID() string {
	id := r.record.ID[:min(12, len(r.record.ID))]
	if r.record.InUse {
		id += "*"
	}
	return id
}

// CacheType is the kind of record.
func (r dfCache) CacheType() string { return r.record.Type }

// Size is the record's own.
func (r dfCache) Size() string { return shortSize(r.record.Size) }

// CreatedSince is the record's age.
func (r dfCache) CreatedSince() string {
	return units.HumanDuration(r.c.Now().Sub(r.record.Created)) + " ago"
}

// LastUsedSince is when it was last used, empty for never.
func (r dfCache) LastUsedSince() string {
	if r.record.LastUsed.IsZero() {
		return ""
	}
	return units.HumanDuration(r.c.Now().Sub(r.record.LastUsed)) + " ago"
}

// UsageCount is how often it was used.
func (r dfCache) UsageCount() string { return strconv.Itoa(r.record.Usage) }

// Shared reports that an image has the same layer.
func (r dfCache) Shared() string { return strconv.FormatBool(r.record.Shared) }

// verboseUsage prints `docker system df -v`.
func (c *Client) verboseUsage(u docker.DiskUsage) error {
	var images, containers, volumes, cache []any
	for _, i := range u.Images {
		refs := c.Engine.Images.Refs(i.Image.ID)
		if len(refs) == 0 {
			refs = []string{""}
		}
		for _, ref := range refs {
			images = append(images, dfImage{imageRow{img: i.Image, c: c, ref: ref}, i})
		}
	}
	for _, v := range u.Containers {
		containers = append(containers, dfContainer{formatter.NewContainer(c.Engine, v.Container, false, false), v})
	}
	for _, v := range u.Volumes {
		inspect, _ := c.Engine.InspectVolume(v.Volume.Name)
		volumes = append(volumes, volumeRow{v: inspect, links: v.Links, size: v.Size})
	}
	total := int64(0)
	for _, r := range u.Cache {
		total += r.Size
		cache = append(cache, dfCache{c: c, record: r})
	}
	header := imageHeader()
	tables := []struct {
		title, table string
		header       formatter.Header
		rows         []any
	}{
		{"Images space usage", "{{.Repository}}\t{{.Tag}}\t{{.ID}}\t{{.CreatedSince}}\t{{.Size}}\t{{.SharedSize}}\t{{.UniqueSize}}\t{{.Containers}}", header, images},
		{"Containers space usage", "{{.ID}}\t{{.Image}}\t{{.Command}}\t{{.LocalVolumes}}\t{{.Size}}\t{{.RunningFor}}\t{{.Status}}\t{{.Names}}", dfContainerHeader(), containers},
		{"Local Volumes space usage", "{{.Name}}\t{{.Links}}\t{{.Size}}", volumeHeader(), volumes},
		{"Build cache usage", "{{.ID}}\t{{.CacheType}}\t{{.Size}}\t{{.CreatedSince}}\t{{.LastUsedSince}}\t{{.UsageCount}}\t{{.Shared}}", dfCacheHeader(), cache},
	}
	for n, t := range tables {
		if n > 0 {
			c.Printf("\n")
		}
		c.Printf("%s:", t.title)
		if n == len(tables)-1 {
			c.Printf(" %s", units.HumanSize(float64(total)))
		}
		c.Printf("\n\n")
		if err := formatter.New("", t.table, t.header).Write(c.Stdout, t.rows...); err != nil {
			return err
		}
	}
	return nil
}

func dfContainerHeader() formatter.Header {
	return formatter.Header{
		"ID": "CONTAINER ID", "Image": "IMAGE", "Command": "COMMAND", "LocalVolumes": "LOCAL VOLUMES", "Size": "SIZE", "RunningFor": "CREATED",
		"Status": "STATUS", "Names": "NAMES",
	}
}

func dfCacheHeader() formatter.Header {
	return formatter.Header{
		"ID": "CACHE ID", "CacheType": "CACHE TYPE", "Size": "SIZE", "CreatedSince": "CREATED", "LastUsedSince": "LAST USED", "UsageCount": "USAGE",
		"Shared": "SHARED",
	}
}
