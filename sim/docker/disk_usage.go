package docker

import (
	"slices"

	"drydock/sim/image"
)

// DiskUsage is what `docker system df` counts.
type DiskUsage struct {
	Images     []ImageUsage
	LayersSize int64 // bytes, each layer once
	Containers []ContainerUsage
	Volumes    []VolumeUsage
	Cache      []CacheRecord
}

// ImageUsage is one image with the containers made from it.
type ImageUsage struct {
	Image      *image.Image
	Sizes      Sizes
	Containers int
}

// ContainerUsage is one container with the size of its own layer.
type ContainerUsage struct {
	Container *Container
	Size      int64
}

// VolumeUsage is one volume with its size and how many containers use it.
type VolumeUsage struct {
	Volume *Volume
	Size   int64
	Links  int
}

// DiskUsage measures what the engine keeps on the disk.
func (e *Engine) DiskUsage() DiskUsage {
	u := DiskUsage{LayersSize: e.LayersSize(), Cache: e.CacheRecords()}
	sizes := e.ImageSizes()
	for _, i := range e.Images.Images() {
		u.Images = append(u.Images, ImageUsage{i, sizes[i.ID], len(e.ImageUsers(i.ID))})
	}
	slices.SortStableFunc(u.Images, func(a, b ImageUsage) int { return b.Image.Created.Compare(a.Image.Created) })
	for _, c := range slices.Backward(e.containers) {
		u.Containers = append(u.Containers, ContainerUsage{c, c.WritableSize()})
	}
	for _, v := range e.volumes {
		_, size := v.Content()
		u.Volumes = append(u.Volumes, VolumeUsage{v, size, len(e.VolumeUsers(v))})
	}
	return u
}
