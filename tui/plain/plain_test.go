package plain_test

import (
	"strings"
	"testing"

	"drydock/lessons"
	"drydock/tui/plain"
)

// memory is a progress that forgets at the end.
type memory struct {
	saved map[string]lessons.Saved
	best  map[string]lessons.Stars
}

func (m memory) Saved(id string) (lessons.Saved, bool) { s, ok := m.saved[id]; return s, ok }
func (m memory) Best(id string) lessons.Stars          { return m.best[id] }
func (m memory) Keep(id string, s lessons.Saved)       { m.saved[id] = s }
func (m memory) Finish(id string, stars lessons.Stars) { m.best[id] = stars }
func (m memory) Write() error                          { return nil }

func fresh() memory { return memory{map[string]lessons.Saved{}, map[string]lessons.Stars{}} }

// talk plays the built-in course with the given lines and returns what was said.
func talk(t *testing.T, m memory, start string, lines ...string) string {
	t.Helper()
	course, err := lessons.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	err = plain.Run(plain.Options{Course: course, Progress: m, Start: start, In: strings.NewReader(strings.Join(lines, "\n") + "\n"), Out: &out})
	if err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func wants(t *testing.T, text string, parts ...string) {
	t.Helper()
	rest := text
	for _, p := range parts {
		_, after, found := strings.Cut(rest, p)
		if !found {
			t.Fatalf("%q does not come (in this order) in:\n%s", p, text)
		}
		rest = after
	}
}

func TestAStepIsPassedByTypingAndToldOnce(t *testing.T) {
	got := talk(t, fresh(), "first-container", "docker ps", "docker run hello-world", "@wait 5s", "@quit")
	wants(t, got, "Step 1 of", "[goals: 0 of 1]", "Hello from Docker!", "Done: every goal")
	if n := strings.Count(got, "Done: every goal"); n != 1 {
		t.Errorf("it was told %d times that the step is done", n)
	}
}

func TestGameLinesHelpUndoAndExplain(t *testing.T) {
	got := talk(t, fresh(), "first-container", "@hint", "docker run -d --name web nginx:alpine", "@why web", "@harbour", "@undo", "@harbour", "@quit")
	wants(t, got, "Hint: ", "because", "docker run -d --name web", "container web of nginx:alpine: Up", "Taken back.", "Machine laptop:")
}

func TestAnEditorWithoutAScreenTakesTheFileLineByLine(t *testing.T) {
	got := talk(t, fresh(), "the-recipe", "2", "edit note.txt", "first", "second", ".", "cat note.txt", "@quit")
	wants(t, got, "You say:", "note.txt", "Saved.", "first\nsecond")
}

func TestOneMayLookBeforeOneAnswers(t *testing.T) {
	got := talk(t, fresh(), "the-recipe", "ls", "", "2", "@quit")
	wants(t, got, "Question: ", "Dockerfile", "The question waits", "Answer with a number", "Question: ", "You say:")
}

func TestWhatAnEditorsCommandSaysComesAtOnce(t *testing.T) {
	got := talk(t, fresh(), "kube-services", "kubectl edit deployment web", "@keep", "kubectl edit deployment web", "no manifest", ".", "@quit")
	wants(t, got, "Left as it was.\nEdit cancelled, no changes made.", "Saved.\nerror: ", "Edit cancelled, no valid changes were saved.", "[goals: 0 of 2]")
}

func TestWhatWasBegunGoesOn(t *testing.T) {
	m := fresh()
	talk(t, m, "first-container", "docker run hello-world", "")
	if s := m.saved["first-container"]; s.Step != 1 {
		t.Fatalf("saved: step %d", s.Step)
	}
	wants(t, talk(t, m, "", "1.1", "@quit"), "it goes on where you left it", "Step 2 of")
}

func TestMapTellsOfWhatIsNotThere(t *testing.T) {
	got := talk(t, fresh(), "", "9.9", "@goals", "@quit")
	wants(t, got, "Chapter 0", `There is no lesson "9.9"`, "That needs a lesson")
}
