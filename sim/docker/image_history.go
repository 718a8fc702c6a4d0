package docker

import "time"

// HistoryItem is a line of `docker history`.
type HistoryItem struct {
	ID        string // of the image that ends here, or "<missing>"
	Created   time.Time
	CreatedBy string
	Comment   string
	Size      int64 // bytes unpacked
}

// History lists how an image was made, newest first. Lines of an image that was
// committed from another end with that one's id.
func (e *Engine) History(ref string) ([]HistoryItem, error) {
	i, err := e.Image(ref)
	if err != nil {
		return nil, err
	}
	ids := map[int]string{}
	for up := i; up != nil; up = e.Images.ByID(up.Parent) {
		ids[len(up.History)-1] = up.ID
	}
	items := make([]HistoryItem, len(i.History))
	layer := 0
	for n, h := range i.History {
		item := HistoryItem{ID: "<missing>", Created: h.Created, CreatedBy: h.CreatedBy, Comment: h.Comment}
		if ids[n] != "" {
			item.ID = ids[n]
		}
		if !h.Empty && layer < len(i.Layers) {
			item.Size = i.Layers[layer].Size
			layer++
		}
		items[len(items)-1-n] = item
	}
	return items, nil
}
