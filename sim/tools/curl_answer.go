package tools

import (
	"fmt"
	"strconv"
	"strings"

	"drydock/sim/machine"
)

// meter is the head of the progress meter, which curl writes to standard error
// when the answer does not go to the terminal.
func (x *transfer) meter() bool {
	return !x.quiet() && !x.o.has("#") && (x.Stdout.Terminal() == nil || x.output != "" || x.o.has("O"))
}

// foreign is an answer of something that does not speak HTTP.
func (x *transfer) foreign(resp machine.Response) int {
	x.progress(0, true)
	if x.scheme == "https" {
		return x.fail(35, "error:0A00010B:SSL routines::wrong version number")
	}
	if resp.Body == "" {
		return x.fail(52, "Empty reply from server")
	}
	return x.fail(1, "Received HTTP/0.9 when not allowed")
}

// deliver writes the answer where it belongs.
func (x *transfer) deliver(resp machine.Response) int {
	x.code, x.size = resp.Status, len(resp.Body)
	proto := "HTTP/1.1 " + strconv.Itoa(resp.Status) + " " + statusText(resp.Status)
	headers := resp.Header
	if headerValue(headers, "Content-Length") == "" && headerValue(headers, "Transfer-Encoding") == "" {
		headers = append(append([]string(nil), headers...), "Content-Length: "+strconv.Itoa(len(resp.Body)))
	}
	for _, h := range append([]string{proto}, headers...) {
		x.verbose("< %s", h)
	}
	x.verbose("< ")
	if x.o.has("f") && resp.Status >= 400 {
		x.progress(0, false)
		return x.fail(22, "The requested URL returned error: %d", resp.Status)
	}
	text := resp.Body
	if x.method == "HEAD" {
		text = ""
	}
	if x.o.has("i") || x.o.has("I") {
		text = proto + "\r\n" + strings.Join(headers, "\r\n") + "\r\n\r\n" + text
	}
	x.progress(len(text), false)
	status := x.save(text)
	if x.o.has("v") {
		x.verbose("* Connection #0 to host %s left intact", x.host)
	}
	if x.o.has("fail-with-body") && resp.Status >= 400 {
		return x.fail(22, "The requested URL returned error: %d", resp.Status)
	}
	return status
}

func (x *transfer) save(text string) int {
	name := x.output
	if x.o.has("O") && name == "" {
		file, _, _ := strings.Cut(x.path, "?")
		name = file[strings.LastIndexByte(file, '/')+1:]
		if name == "" {
			return x.fail(23, "Failed to extract a sensible file name from the URL to use for storage")
		}
	}
	if name == "" || name == "-" {
		x.write(text)
		return 0
	}
	sink, err := x.Create(name, false)
	if err == nil {
		_, err = sink.Write([]byte(text))
	}
	if err != nil {
		if !x.quiet() {
			x.Errorf("Warning: Failed to open the file %s: %s\n", name, reason(err))
		}
		return x.fail(23, "Failure writing output to destination")
	}
	return 0
}

// progress writes the line of the progress meter.
func (x *transfer) progress(size int, failed bool) {
	if !x.meter() {
		return
	}
	if failed {
		x.Errorf("  0     0    0     0    0     0      0      0 --:--:-- --:--:-- --:--:--     0\n")
		return
	}
	x.Errorf("\r100 %5d  100 %5d    0     0  %5d      0 --:--:-- --:--:-- --:--:-- %5d\n", size, size, size*100, size*100)
}

// done writes what --write-out asks for.
func (x *transfer) done(status int) int {
	format := x.o.values["w"]
	if format == "" {
		return status
	}
	took := x.Now().Sub(x.began).Seconds() + 0.0012
	text, _ := Escapes(format)
	text = strings.NewReplacer(
		"%{http_code}", fmt.Sprintf("%03d", x.code), "%{response_code}", fmt.Sprintf("%03d", x.code), "%{size_download}", strconv.Itoa(x.size),
		"%{time_total}", fmt.Sprintf("%.6f", took), "%{time_connect}", "0.000214", "%{url_effective}", x.scheme+"://"+x.hostHeader()+x.path,
		"%{url}", x.scheme+"://"+x.hostHeader()+x.path, "%{exitcode}", strconv.Itoa(status), "%{method}", x.method, "%{scheme}", strings.ToUpper(x.scheme), "%%", "%",
	).Replace(text)
	x.write(text)
	return status
}

// statusText is the reason phrase of an HTTP status.
func statusText(code int) string {
	switch code {
	case 200:
		return "OK"
	case 201:
		return "Created"
	case 202:
		return "Accepted"
	case 204:
		return "No Content"
	case 301:
		return "Moved Permanently"
	case 302:
		return "Found"
	case 303:
		return "See Other"
	case 304:
		return "Not Modified"
	case 307:
		return "Temporary Redirect"
	case 308:
		return "Permanent Redirect"
	case 400:
		return "Bad Request"
	case 401:
		return "Unauthorized"
	case 403:
		return "Forbidden"
	case 404:
		return "Not Found"
	case 405:
		return "Method Not Allowed"
	case 429:
		return "Too Many Requests"
	case 500:
		return "Internal Server Error"
	case 502:
		return "Bad Gateway"
	case 503:
		return "Service Unavailable"
	case 504:
		return "Gateway Timeout"
	}
	return ""
}
