package python

import (
	"net/url"
	"slices"
	"strings"
)

// webReply is a response of an application.
type webReply struct {
	status int
	body   string
	kind   string
	header []string
}

func (r *webReply) typeName() string { return "Response" }

func (r *webReply) attr(_ *thread, name string) (any, bool) {
	switch name {
	case "status_code":
		return int64(r.status), true
	case "headers":
		return &replyHeaders{r}, true
	}
	return nil, false
}

func (r *webReply) setAttr(_ *thread, name string, v any) error {
	switch name {
	case "status_code":
		n, _ := asInt(v)
		r.status = int(n)
	case "mimetype", "content_type":
		r.kind = toStr(nil, v)
	}
	return nil
}

// replyHeaders lets a script set headers of its reply.
type replyHeaders struct{ r *webReply }

func (h *replyHeaders) typeName() string                 { return "Headers" }
func (h *replyHeaders) attr(*thread, string) (any, bool) { return nil, false }
func (h *replyHeaders) setItem(t *thread, key, value any) error {
	h.r.header = append(h.r.header, toStr(t, key)+": "+toStr(t, value))
	return nil
}

// reply turns what a view function returned into a response.
func (t *thread) reply(v any) (*webReply, error) {
	switch v := v.(type) {
	case *webReply:
		return v, nil
	case string:
		return &webReply{status: 200, body: v, kind: "text/html; charset=utf-8"}, nil
	case bytesValue:
		return &webReply{status: 200, body: string(v), kind: "text/html; charset=utf-8"}, nil
	case *dict, *list:
		text, err := t.dumps(v, "", "", false)
		return &webReply{status: 200, body: strings.ReplaceAll(strings.ReplaceAll(text, `": `, `":`), ", ", ",") + "\n", kind: "application/json"}, err
	case *tuple:
		if len(v.items) == 0 {
			break
		}
		r, err := t.reply(v.items[0])
		if err != nil {
			return nil, err
		}
		for _, more := range v.items[1:] {
			if n, ok := asInt(more); ok {
				r.status = int(n)
			}
			if d, ok := more.(*dict); ok {
				for _, e := range d.entries {
					if strings.EqualFold(toStr(t, e.key), "content-type") {
						r.kind = toStr(t, e.value)
						continue
					}
					r.header = append(r.header, toStr(t, e.key)+": "+toStr(t, e.value))
				}
			}
		}
		return r, nil
	}
	return nil, t.raise("TypeError", "The view function did not return a valid response. The return type must be a string, dict, list, tuple with headers or status, Response instance, or WSGI callable, but it was a %s.", typeName(v))
}

// webRequest is flask.request.
type webRequest struct{ app *webApp }

func (w *webRequest) typeName() string { return "Request" }

func (w *webRequest) attr(t *thread, name string) (any, bool) {
	if w.app == nil || w.app.current == nil {
		return nil, false
	}
	r := w.app.current
	file, query, _ := strings.Cut(orSlash(r.Path), "?")
	switch name {
	case "method":
		return verb(*r), true
	case "path":
		return file, true
	case "url":
		return "http://" + r.Host + orSlash(r.Path), true
	case "host":
		return r.Host, true
	case "remote_addr":
		return r.From.String(), true
	case "data":
		return bytesValue(r.Body), true
	case "headers":
		d := newDict()
		d.put("Host", r.Host)
		for _, h := range r.Header {
			k, v, _ := strings.Cut(h, ":")
			d.put(strings.TrimSpace(k), strings.TrimSpace(v))
		}
		return &webHeaders{d}, true
	case "args", "form", "values":
		text := query
		if name == "form" {
			text = r.Body
		}
		d := newDict()
		values, _ := url.ParseQuery(text)
		for _, k := range slices.Sorted(func(yield func(string) bool) {
			for k := range values {
				if !yield(k) {
					return
				}
			}
		}) {
			d.put(k, values.Get(k))
		}
		return d, true
	case "json":
		v, err := t.loads(r.Body)
		return v, err == nil
	case "get_json", "get_data":
		return fn(name, func(t *thread, a args) (any, error) {
			if name == "get_data" {
				return bytesValue(r.Body), nil
			}
			v, err := t.loads(r.Body)
			if err != nil && a.truth(-1, "silent", false) {
				return nil, nil
			}
			return v, err
		}), true
	}
	return nil, false
}
