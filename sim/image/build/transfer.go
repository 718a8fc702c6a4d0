package build

// transfer adds up what sending files to BuildKit takes on the wire, in bytes:
// its protocol buffers (tonistiigi/fsutil) with a packet for each file's name and
// attributes, and packets for the data of those that the other side lacks.
type transfer struct {
	bytes int64
	files int64
}

// Packet sizes without the variable parts.
const (
	endPacket  = 2
	fileStat   = 19
	dirStat    = 20
	dataFirst  = 6 // the first file's number is 0 and takes no room
	dataOthers = 10
)

// add counts a file; send says that its data goes over too.
func (t *transfer) add(name string, dir bool, size int64, send bool) {
	index := t.files
	t.files++
	if dir {
		t.bytes += dirStat + int64(len(name))
		return
	}
	t.bytes += fileStat + int64(len(name)) + extra(size)
	if !send {
		return
	}
	if index == 0 {
		t.bytes += dataFirst
	} else {
		t.bytes += dataOthers
	}
	t.bytes += size + extra(size)
}

// extra is how many bytes more than one a number takes.
func extra(n int64) int64 {
	var more int64
	for n >>= 7; n > 0; n >>= 7 {
		more++
	}
	return more
}

func (t *transfer) total() int64 { return t.bytes + endPacket }
