package kubectl

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// unwell is the answer to a question for the health of an API server whose etcd does
// not answer it: the checks, with those that etcd fails. Other errors, and those of
// other requests, stay as they are.
func unwell(err error, request string) error {
	var answer apierrors.APIStatus
	u, bad := url.Parse(request)
	if bad != nil || !errors.As(err, &answer) || answer.Status().Code != http.StatusInternalServerError {
		return err
	}
	of := strings.Trim(u.Path, "/")
	if of != "livez" && of != "readyz" && of != "healthz" {
		return err
	}
	var body strings.Builder
	for _, name := range checks(of) {
		if name == "etcd" || name == "etcd-readiness" {
			fmt.Fprintf(&body, "[-]%s failed: reason withheld\n", name)
			continue
		}
		fmt.Fprintf(&body, "[+]%s ok\n", name)
	}
	body.WriteString(of + " check failed")
	return &apierrors.StatusError{ErrStatus: metav1.Status{Status: metav1.StatusFailure, Code: http.StatusInternalServerError, Reason: metav1.StatusReasonInternalError,
		Message: fmt.Sprintf("an error on the server (%q) has prevented the request from succeeding", body.String())}}
}
