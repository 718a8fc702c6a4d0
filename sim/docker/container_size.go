package docker

// WritableSize is the disk that the container's own layer takes: whole blocks,
// the layer's root included, as overlayfs counts them.
func (c *Container) WritableSize() int64 {
	const block = 4096
	total := int64(block)
	upper := c.FS.Upper()
	for _, name := range upper.Paths() {
		if name == "/" {
			continue
		}
		n := upper.Get(name)
		switch {
		case n.IsDir():
			total += block
		case !n.IsLink():
			total += (n.Size() + block - 1) / block * block
		}
	}
	return total
}
