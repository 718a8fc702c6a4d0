package program

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"drydock/sim/machine"
)

// directive is one statement of an nginx configuration.
type directive struct {
	name string
	args []string
	body []*directive // of a block
	file string
	line int
}

// confError is a fault in a configuration, in nginx's words.
type confError struct{ text string }

func (e *confError) Error() string { return e.text }

func confErrorf(format string, args ...any) error { return &confError{fmt.Sprintf(format, args...)} }

// confReader reads a configuration file with those that it includes.
type confReader struct {
	process *machine.Process
	file    string
	text    string
	pos     int
	line    int
	depth   int
}

// readConf reads an nginx configuration from the process's files.
func readConf(p *machine.Process, file string, depth int) ([]*directive, error) {
	data, err := p.ReadFile(file)
	if err != nil {
		return nil, confErrorf("open() %q failed (2: No such file or directory)", file)
	}
	if depth > 8 {
		return nil, confErrorf("too many levels of include in %s", file)
	}
	r := &confReader{process: p, file: file, text: string(data), line: 1, depth: depth}
	list, closed, err := r.block(0)
	if err == nil && closed {
		err = confErrorf("unexpected \"}\" in %s:%d", file, r.line)
	}
	return list, err
}

// block reads statements up to the closing brace or the end of the file.
func (r *confReader) block(level int) (list []*directive, closed bool, err error) {
	var words []string
	for {
		word, quoted := r.word()
		line := r.line
		switch {
		case word == "" && !quoted:
			if len(words) > 0 {
				return nil, false, confErrorf("unexpected end of file, expecting \";\" or \"}\" in %s:%d", r.file, line)
			}
			return list, false, nil
		case quoted || word != ";" && word != "{" && word != "}":
			words = append(words, word)
			continue
		case word == "}":
			if len(words) > 0 {
				return nil, false, confErrorf("unexpected \"}\" in %s:%d", r.file, line)
			}
			return list, true, nil
		case len(words) == 0:
			return nil, false, confErrorf("unexpected %q in %s:%d", word, r.file, line)
		}
		d := &directive{name: words[0], args: words[1:], file: r.file, line: line}
		words = nil
		if word == "{" {
			if level > 16 {
				return nil, false, confErrorf("too many nested blocks in %s:%d", r.file, line)
			}
			body, closed, err := r.block(level + 1)
			if err == nil && !closed {
				err = confErrorf("unexpected end of file, expecting \"}\" in %s:%d", r.file, r.line)
			}
			if err != nil {
				return nil, false, err
			}
			d.body = body
		}
		if d.name == "include" && len(d.args) == 1 {
			included, err := r.include(d)
			if err != nil {
				return nil, false, err
			}
			list = append(list, included...)
			continue
		}
		if err := d.check(word == "{"); err != nil {
			return nil, false, err
		}
		list = append(list, d)
	}
}

// word reads the next word; quoted says that it stood in quotes.
func (r *confReader) word() (word string, quoted bool) {
	for r.pos < len(r.text) {
		switch c := r.text[r.pos]; {
		case c == '\n':
			r.line++
			r.pos++
		case c == ' ' || c == '\t' || c == '\r':
			r.pos++
		case c == '#':
			for r.pos < len(r.text) && r.text[r.pos] != '\n' {
				r.pos++
			}
		case c == ';' || c == '{' || c == '}':
			r.pos++
			return string(c), false
		case c == '"' || c == '\'':
			return r.quoted(c), true
		default:
			start := r.pos
			for r.pos < len(r.text) && !strings.ContainsRune(" \t\r\n;", rune(r.text[r.pos])) {
				if r.text[r.pos] == '{' && (r.pos == start || r.text[r.pos-1] != '$') {
					break
				}
				r.pos++
			}
			return r.text[start:r.pos], false
		}
	}
	return "", false
}

func (r *confReader) quoted(quote byte) string {
	var b strings.Builder
	for r.pos++; r.pos < len(r.text); r.pos++ {
		c := r.text[r.pos]
		switch {
		case c == quote:
			r.pos++
			return b.String()
		case c == '\\' && r.pos+1 < len(r.text):
			r.pos++
			c = r.text[r.pos]
		case c == '\n':
			r.line++
		}
		b.WriteByte(c)
	}
	return b.String()
}

func (r *confReader) include(d *directive) ([]*directive, error) {
	pattern := d.args[0]
	if !path.IsAbs(pattern) {
		pattern = path.Join("/etc/nginx", pattern)
	}
	files := []string{pattern}
	if strings.ContainsAny(pattern, "*?[") {
		files = nil
		entries, _ := r.process.FS.ReadDir(path.Dir(pattern))
		for _, e := range entries {
			if ok, _ := path.Match(path.Base(pattern), e.Name); ok {
				files = append(files, path.Join(path.Dir(pattern), e.Name))
			}
		}
	}
	var list []*directive
	for _, f := range files {
		if path.Base(f) == "mime.types" {
			continue
		}
		included, err := readConf(r.process, f, r.depth+1)
		if err != nil {
			return nil, err
		}
		list = append(list, included...)
	}
	return list, nil
}

// blocks are the directives of nginx that open a block.
func confBlocks() []string {
	return []string{"http", "server", "location", "upstream", "events", "if", "limit_except", "map", "types", "stream", "geo", "split_clients"}
}

// confKnown are the simple directives that nginx 1.27 knows, as far as people
// write them into small configurations.
func confKnown() []string {
	return strings.Fields(`absolute_redirect access_log add_header aio alias allow auth_basic auth_basic_user_file autoindex
		charset client_body_buffer_size client_body_timeout client_header_buffer_size client_header_timeout client_max_body_size
		daemon default_type deny directio env error_log error_page etag expires fastcgi_index fastcgi_param fastcgi_pass
		gzip gzip_comp_level gzip_disable gzip_http_version gzip_min_length gzip_proxied gzip_static gzip_types gzip_vary hash
		http2 index internal ip_hash keepalive keepalive_requests keepalive_timeout large_client_header_buffers least_conn limit_conn
		limit_conn_zone limit_rate limit_req limit_req_zone listen log_format log_not_found map_hash_bucket_size
		map_hash_max_size merge_slashes multi_accept pid port_in_redirect proxy_buffer_size proxy_buffering proxy_buffers
		proxy_cache proxy_cache_bypass proxy_cache_key proxy_cache_path proxy_cache_use_stale proxy_cache_valid
		proxy_connect_timeout proxy_hide_header proxy_http_version proxy_intercept_errors proxy_next_upstream proxy_pass
		proxy_pass_header proxy_read_timeout proxy_redirect proxy_request_buffering proxy_send_timeout proxy_set_header
		proxy_ssl_verify proxy_temp_path client_body_temp_path fastcgi_temp_path scgi_temp_path uwsgi_temp_path random real_ip_header resolver resolver_timeout return rewrite root satisfy send_timeout
		sendfile server server_name server_names_hash_bucket_size server_tokens set set_real_ip_from ssl ssl_certificate
		ssl_certificate_key ssl_ciphers ssl_protocols ssl_session_cache ssl_session_timeout stub_status sub_filter
		sub_filter_once tcp_nodelay tcp_nopush try_files types_hash_max_size underscores_in_headers use user uwsgi_pass worker_connections
		worker_processes worker_rlimit_nofile zone load_module worker_shutdown_timeout variables_hash_max_size`)
}

// check refuses what nginx would not understand.
func (d *directive) check(block bool) error {
	isBlock := slices.Contains(confBlocks(), d.name)
	switch {
	case block && !isBlock && d.name != "server":
		if slices.Contains(confKnown(), d.name) {
			return confErrorf("directive %q is not terminated by \";\" in %s:%d", d.name, d.file, d.line)
		}
		return confErrorf("unknown directive %q in %s:%d", d.name, d.file, d.line)
	case !block && !slices.Contains(confKnown(), d.name):
		if isBlock {
			return confErrorf("directive %q has no opening \"{\" in %s:%d", d.name, d.file, d.line)
		}
		return confErrorf("unknown directive %q in %s:%d", d.name, d.file, d.line)
	}
	return nil
}

// find returns the first directive of a name.
func find(list []*directive, name string) *directive {
	for _, d := range list {
		if d.name == name {
			return d
		}
	}
	return nil
}

// all returns every directive of a name.
func all(list []*directive, name string) []*directive {
	var found []*directive
	for _, d := range list {
		if d.name == name {
			found = append(found, d)
		}
	}
	return found
}
