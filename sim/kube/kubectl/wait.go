package kubectl

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"k8s.io/client-go/util/jsonpath"
)

func (f *factory) wait() *cobra.Command {
	var o selection
	var want []string
	var timeout time.Duration
	cmd := &cobra.Command{Use: "wait ([-f FILENAME] | resource.group/resource.name | resource.group [(-l label | --all)]) [--for=create|--for=delete|--for condition=available|--for=jsonpath='{}'[=value]]", RunE: func(_ *cobra.Command, args []string) error {
		if len(want) == 0 {
			return errors.New("required flag(s) \"for\" not set")
		}
		want[0] = strings.TrimSpace(want[0])
		cond, deleted, err := awaited(want[0])
		if err != nil {
			return err
		}
		s, found, problems, err := f.chosenObjects(args, o, &outcome{dryRun: "none"})
		if err != nil {
			return err
		}
		if deleted {
			problems = nil
		}
		if want[0] == "create" && len(problems) > 0 {
			if found, err = s.untilCreated(args, o, timeout); err != nil {
				return err
			}
			problems = nil
		}
		if len(found)+len(problems) == 0 && !deleted {
			return errors.New("no matching resources found")
		}
		for _, t := range found {
			if err := s.waitOne(t, cond, deleted, timeout); err != nil {
				problems = append(problems, err)
			}
		}
		return errors.Join(problems...)
	}}
	o.bindFiles(cmd.Flags())
	o.bindSelectors(cmd.Flags())
	cmd.Flags().BoolVar(&o.all, "all", false, "Select all resources in the namespace of the specified resource types")
	cmd.Flags().StringArrayVar(&want, "for", nil, "The condition to wait on: [create|delete|condition=condition-name[=condition-value]|jsonpath='{JSONPath expression}'=[JSONPath value]].")
	cmd.Flags().DurationVar(&timeout, "timeout", 30*time.Second, "The length of time to wait before giving up.")
	return cmd
}

// awaited reads --for: what must hold of the object's JSON, or that it is deleted.
func awaited(want string) (cond func(obj map[string]any) bool, deleted bool, err error) {
	switch {
	case want == "delete":
		return nil, true, nil
	case want == "create":
		return func(map[string]any) bool { return true }, false, nil
	case strings.HasPrefix(want, "condition="):
		name, value, given := strings.Cut(strings.TrimPrefix(want, "condition="), "=")
		if !given {
			value = "True"
		}
		return func(obj map[string]any) bool { return hasCondition(obj, name, value) }, false, nil
	case strings.HasPrefix(want, "jsonpath="):
		text := strings.TrimPrefix(want, "jsonpath=")
		expr, value, given := text, "", false
		if at := strings.Index(text, "}="); at >= 0 {
			expr, value, given = text[:at+1], text[at+2:], true
		}
		expr, err := relaxed(expr)
		if err != nil {
			return nil, false, err
		}
		if given && value == "" {
			return nil, false, errors.New("jsonpath wait has to have a value after equal sign")
		}
		value = strings.Trim(value, `'"`)
		p := jsonpath.New("wait").AllowMissingKeys(true)
		if err := p.Parse(expr); err != nil {
			return nil, false, err
		}
		return func(obj map[string]any) bool {
			var b strings.Builder
			return p.Execute(&b, obj) == nil && (given && b.String() == value || !given && b.Len() > 0)
		}, false, nil
	}
	return nil, false, fmt.Errorf("unrecognized condition: %q", want)
}

func hasCondition(obj map[string]any, name, value string) bool {
	status, _ := obj["status"].(map[string]any)
	list, _ := status["conditions"].([]any)
	for _, c := range list {
		if m, ok := c.(map[string]any); ok && strings.EqualFold(fmt.Sprint(m["type"]), name) {
			return strings.EqualFold(fmt.Sprint(m["status"]), value)
		}
	}
	return false
}

// untilCreated looks every half second whether the objects are there now (kubectl's
// wait --for=create).
func (s *session) untilCreated(args []string, o selection, timeout time.Duration) ([]target, error) {
	deadline := s.p.Now().Add(timeout)
	for {
		found, missing, err := s.targets(args, o)
		if err != nil || len(missing) == 0 {
			return found, err
		}
		if !s.p.Now().Before(deadline) || !isNotFound(missing[0]) {
			return nil, errors.New(missing[0].Error())
		}
		s.p.Sleep(min(500*time.Millisecond, deadline.Sub(s.p.Now())))
	}
}

func (s *session) waitOne(t target, cond func(map[string]any) bool, deleted bool, timeout time.Duration) error {
	ok := s.until([]target{t}, max(timeout, 1), func() bool {
		now, err := t.lookup()
		if err != nil || deleted {
			return deleted && (err != nil || now.object.GetUID() != t.object.GetUID())
		}
		data, err := encode(now, now.object)
		if err != nil {
			return false
		}
		var doc map[string]any
		return json.Unmarshal(data, &doc) == nil && cond(doc)
	})
	switch {
	case !ok:
		return fmt.Errorf("timed out waiting for the condition on %s/%s", t.collection.Type().Resource, t.name)
	case deleted:
		s.p.Printf("%s deleted\n", t)
	default:
		s.p.Printf("%s condition met\n", t)
	}
	return nil
}
