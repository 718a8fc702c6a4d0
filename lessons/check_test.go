package lessons

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

func TestEveryCheckFindsWhatItIsFor(t *testing.T) {
	course, err := Outline(os.DirFS("testdata/unproved"))
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	Check(course, Options{}).Print(&out)
	golden(t, "testdata/unproved.txt", out.String())
}

func TestAGoodPackIsProved(t *testing.T) {
	course, err := Outline(os.DirFS("testdata/good"))
	if err != nil {
		t.Fatal(err)
	}
	report := Check(course, Options{})
	if len(report.Problems) > 0 || report.Lessons != 1 || report.Steps != 3 || report.Goals != 3 {
		t.Errorf("%+v", report)
	}
}

func TestTheReportIsTheSameEachTimeAndReadsAsJSON(t *testing.T) {
	reports := make([]string, 2)
	for i := range reports {
		course, _ := Outline(os.DirFS("testdata/unproved"))
		var out strings.Builder
		if err := Check(course, Options{Workers: 1 + 3*i}).JSON(&out); err != nil {
			t.Fatal(err)
		}
		reports[i] = out.String()
	}
	if reports[0] != reports[1] {
		t.Errorf("one worker:\n%s\nfour:\n%s", reports[0], reports[1])
	}
	var read Report
	if err := json.Unmarshal([]byte(reports[0]), &read); err != nil || read.OK() {
		t.Errorf("%v, %+v", err, read)
	}
}

func TestOneLessonCanBeChecked(t *testing.T) {
	course, _ := Outline(os.DirFS("testdata/unproved"))
	report := Check(course, Options{Only: []string{"1.5"}})
	if report.Lessons != 1 || len(report.Problems) != 1 || report.Problems[0].Check != "faults" {
		t.Errorf("%+v", report)
	}
}

func TestALessonThatNeverEndsIsGivenUp(t *testing.T) {
	data, err := os.ReadFile("testdata/good/1.1-lamp/lesson.md")
	if err != nil {
		t.Fatal(err)
	}
	endless := strings.Replace(string(data), "command: echo off > lamp", "command: sleep 100000", 1)
	course, err := Load(fstest.MapFS{"a/lesson.md": {Data: []byte(endless)}})
	if err != nil {
		t.Fatal(err)
	}
	if report := Check(course, Options{}); !report.OK() {
		t.Errorf("a long sleep is interrupted, not waited for: %+v", report.Problems)
	}
	report := Check(course, Options{Timeout: time.Nanosecond})
	if report.OK() || report.Problems[0].Check != "time" {
		t.Errorf("%+v", report)
	}
}
