package kubectl

import (
	"errors"
	"fmt"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// ErrRefused is that nothing listens where the API server should be.
var ErrRefused = errors.New("connect: connection refused")

// exitStatus ends the program with a status, without a word.
type exitStatus int

func (e exitStatus) Error() string { return fmt.Sprintf("exit status %d", int(e)) }

// usageError is a wrong flag; it points at the command's help.
type usageError struct{ text, path string }

func (e usageError) Error() string { return e.text + "\nSee '" + e.path + " --help' for usage." }

// helpError is a wrong argument; it points at the command's help and examples.
func helpError(path, text string) error {
	return errors.New(text + "\nSee '" + path + " -h' for help and examples")
}

// complaint is an error as kubectl prints it, with its line end: API errors by their
// reason, others behind "error: " (cmd/util's StandardErrorMessage).
func complaint(err error) string {
	if many, ok := err.(interface{ Unwrap() []error }); ok { //nolint:errorlint // a list, not a chain
		var b strings.Builder
		for _, e := range many.Unwrap() {
			b.WriteString(complaint(e))
		}
		return b.String()
	}
	switch err.(type) { //nolint:errorlint // wrapped ones print otherwise
	case unreachableError, plainHTTPError:
		return err.Error() + "\n"
	}
	if status, ok := err.(apierrors.APIStatus); ok { //nolint:errorlint // wrapped ones print otherwise
		return serverComplaint(status.Status())
	}
	if plain, ok := err.(plainError); ok { //nolint:errorlint // wrapped ones print otherwise
		return string(plain) + "\n"
	}
	text := strings.TrimRight(err.Error(), "\n")
	if !strings.HasPrefix(text, "error: ") {
		text = "error: " + text
	}
	return text + "\n"
}

func serverComplaint(s metav1.Status) string {
	switch {
	case s.Reason == metav1.StatusReasonInvalid && s.Details != nil:
		return invalid(s)
	case s.Reason == metav1.StatusReasonUnknown:
		return "Error from server: " + s.Message + "\n"
	}
	return fmt.Sprintf("Error from server (%s): %s\n", s.Reason, s.Message)
}

func invalid(s metav1.Status) string {
	head := fmt.Sprintf("The %s %q is invalid", s.Details.Kind, s.Details.Name)
	var causes []string
	for _, c := range s.Details.Causes {
		text := c.Message
		if c.Field != "" {
			text = c.Field + ": " + c.Message
		}
		causes = append(causes, text)
	}
	switch len(causes) {
	case 0:
		return head + "\n"
	case 1:
		return head + ": " + causes[0] + "\n"
	}
	return head + ": \n* " + strings.Join(causes, "\n* ") + "\n"
}
