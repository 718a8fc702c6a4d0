package vfs

import (
	"archive/tar"
	"io"
	"io/fs"
	"path"
	"strconv"
	"strings"
)

// A tar archive of simulated files is a real one. What real files do not have,
// the program that runs and the bytes that are only counted, travels as vendor
// records of the PAX format.
const (
	paxProgram = "DRYDOCK.program"
	paxBulk    = "DRYDOCK.bulk"
	// whiteout is the prefix by which a layer's archive says that a file is gone
	// (OCI image specification, layer.md).
	whiteout = ".wh."
)

// maxTarEntries and maxTarFile limit what an archive may unpack to.
const (
	maxTarEntries = 100_000
	maxTarFile    = 64 << 20
)

// TarHeader is the archive header of a node; name is as it stands in the archive.
func TarHeader(name string, n *Node) *tar.Header {
	h := &tar.Header{
		Name: name, Mode: int64(n.Mode.Perm()), Uid: n.UID, Gid: n.GID, ModTime: n.ModTime.UTC(), Typeflag: tar.TypeReg, Size: int64(len(n.Data)),
	}
	switch {
	case n.IsDir():
		h.Typeflag, h.Name, h.Size = tar.TypeDir, strings.TrimSuffix(name, "/")+"/", 0
	case n.IsLink():
		h.Typeflag, h.Linkname, h.Size = tar.TypeSymlink, n.Target, 0
	}
	if n.Mode&fs.ModeSticky != 0 {
		h.Mode |= 0o1000
	}
	records := map[string]string{}
	if n.Program != "" {
		records[paxProgram] = n.Program
	}
	if n.Bulk != 0 {
		records[paxBulk] = strconv.FormatInt(n.Bulk, 10)
	}
	if len(records) > 0 {
		h.PAXRecords, h.Format = records, tar.FormatPAX
	}
	return h
}

// TarNode makes the node that a header and its data describe; nil for what the
// simulator has no kind of file for.
func TarNode(h *tar.Header, data []byte) *Node {
	n := &Node{Mode: fs.FileMode(h.Mode & 0o777), UID: h.Uid, GID: h.Gid, ModTime: h.ModTime.UTC(), Data: data, Program: h.PAXRecords[paxProgram]}
	n.Bulk, _ = strconv.ParseInt(h.PAXRecords[paxBulk], 10, 64)
	n.Bulk = max(n.Bulk, 0)
	if h.Mode&0o1000 != 0 {
		n.Mode |= fs.ModeSticky
	}
	switch h.Typeflag {
	case tar.TypeReg:
	case tar.TypeDir:
		n.Mode, n.Data = n.Mode|fs.ModeDir, nil
	case tar.TypeSymlink:
		n.Mode, n.Data, n.Target = n.Mode|fs.ModeSymlink, nil, h.Linkname
	default:
		return nil
	}
	return n
}

// WriteTar writes the layer as a tar archive, with whiteouts for what it removes.
func (l *Layer) WriteTar(w io.Writer) error {
	out := tar.NewWriter(w)
	for _, name := range l.Paths() {
		if name == "/" {
			continue
		}
		n := l.nodes[name]
		if err := writeTarFile(out, TarHeader(strings.TrimPrefix(name, "/"), n), n.Data); err != nil {
			return err
		}
	}
	for _, name := range l.Removed() {
		dir, base := path.Split(strings.TrimPrefix(name, "/"))
		if err := writeTarFile(out, TarHeader(dir+whiteout+base, File("", 0)), nil); err != nil {
			return err
		}
	}
	return out.Close()
}

// WriteTar writes a path of the file system and all under it as a tar archive,
// with names that begin at the path's base name; "/" becomes the archive's root.
func (f *FS) WriteTar(w io.Writer, root string) error {
	root = clean(root)
	out := tar.NewWriter(w)
	err := f.Walk(root, func(name string, n *Node) error {
		short := strings.TrimPrefix(strings.TrimPrefix(name, strings.TrimSuffix(path.Dir(root), "/")), "/")
		if short == "" {
			return nil
		}
		return writeTarFile(out, TarHeader(short, n), n.Data)
	})
	if err != nil {
		return err
	}
	return out.Close()
}

func writeTarFile(out *tar.Writer, h *tar.Header, data []byte) error {
	if err := out.WriteHeader(h); err != nil {
		return err
	}
	if h.Typeflag != tar.TypeReg {
		return nil
	}
	_, err := out.Write(data)
	return err
}

// ReadTar reads an archive as a layer; whiteouts become removals. It stops with
// an error at archives that are far too large, and with that of archive/tar at
// those that are broken.
func ReadTar(r io.Reader) (*Layer, error) {
	l := NewLayer()
	in := tar.NewReader(r)
	for count := 0; ; count++ {
		h, err := in.Next()
		if err == io.EOF {
			return l, nil
		}
		if err != nil {
			return nil, err
		}
		if count > maxTarEntries || h.Size > maxTarFile {
			return nil, ErrNoSpace
		}
		data, err := io.ReadAll(io.LimitReader(in, maxTarFile))
		if err != nil {
			return nil, err
		}
		l.putTar(h, data)
	}
}

func (l *Layer) putTar(h *tar.Header, data []byte) {
	name := clean(h.Name)
	dir, base := path.Split(name)
	if gone, ok := strings.CutPrefix(base, whiteout); ok && gone != "" {
		l.hide(clean(dir+gone), true)
		return
	}
	if n := TarNode(h, data); n != nil && name != "/" {
		l.Put(name, n)
	}
}
