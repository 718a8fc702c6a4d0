package machine

// Memo keeps what was worked out of nothing but its key: files that were read and
// understood once are the same in the next world of the session, and a replay need not
// read them again. What is kept is never changed. The zero value is ready; a nil Memo
// keeps nothing.
type Memo struct{ kept map[string]any }

// memoLimit is how many results are kept; beyond it all are dropped, so that a long
// session does not grow for ever.
const memoLimit = 1024

// Get finds a result.
func (m *Memo) Get(key string) (any, bool) {
	if m == nil {
		return nil, false
	}
	value, found := m.kept[key]
	return value, found
}

// Keep adds a result. The key must hold everything that the result depends on, and
// begin with who keeps it.
func (m *Memo) Keep(key string, value any) {
	if m == nil {
		return
	}
	if m.kept == nil || len(m.kept) >= memoLimit {
		m.kept = map[string]any{}
	}
	m.kept[key] = value
}
