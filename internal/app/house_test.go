package app_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The house from the cellar up (docs/architecture.md). A package imports only what stands below its
// floor; rooms import those named before them, and a cellar tool any other.
var (
	cellar = []string{"store", "jobs", "mail", "ical", "almanac", "deidentify", "document", "law", "seal", "lang", "config", "fault"}
	rooms  = []string{"access", "file", "partner", "post", "plan", "forum", "planreading", "yearplan", "meeting", "poll", "invite", "minutes", "relay", "followup", "report", "search"}
	desk   = []string{"secretariat"}
	frame  = []string{"serve"}
	doors  = []string{"web", "api", "feed", "inbox", "work"}
	roof   = []string{"app"}
)

func TestPackagesImportDownwardsOnly(t *testing.T) {
	floors := map[string]int{}
	for height, floor := range [][]string{cellar, rooms, desk, frame, doors, roof} {
		for _, name := range floor {
			floors[name] = height
		}
	}
	for name, imports := range internalImports(t) {
		mine, known := floors[name]
		if !known {
			t.Errorf("package %s has no place in the house", name)
			continue
		}
		for _, other := range imports {
			theirs, known := floors[other]
			switch {
			case !known:
				t.Errorf("%s imports %s, which has no place in the house", name, other)
			case theirs > mine:
				t.Errorf("%s imports %s, which stands above it", name, other)
			case theirs == mine && mine == floors["partner"] && slices.Index(rooms, other) >= slices.Index(rooms, name):
				t.Errorf("room %s imports %s, which comes after it", name, other)
			case theirs == mine && mine == floors["web"]:
				t.Errorf("door %s imports door %s", name, other)
			}
		}
	}
}

func TestOnlyDoorsKnowHTTP(t *testing.T) {
	for name, imports := range goImports(t) {
		door := slices.Contains(doors, name) || slices.Contains(frame, name) || slices.Contains(roof, name)
		for _, path := range imports {
			if !door && (path == "net/http" || strings.HasPrefix(path, "github.com/gin-gonic/") || strings.HasPrefix(path, "github.com/danielgtaylor/huma")) {
				t.Errorf("%s imports %s", name, path)
			}
		}
	}
}

// goImports gives what each package of internal/ imports outside its tests, by its first folder.
func goImports(t *testing.T) map[string][]string {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", "samverkan/internal/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]string{}
	for decoder := json.NewDecoder(strings.NewReader(string(out))); decoder.More(); {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := decoder.Decode(&p); err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(p.ImportPath, "test") { // storetest and mailtest serve tests
			continue
		}
		name := folder(p.ImportPath)
		all[name] = append(all[name], p.Imports...)
	}
	return all
}

func internalImports(t *testing.T) map[string][]string {
	all := map[string][]string{}
	for name, imports := range goImports(t) {
		for _, path := range imports {
			if other := folder(path); strings.HasPrefix(path, "samverkan/internal/") && other != name {
				all[name] = append(all[name], other)
			}
		}
		if all[name] == nil {
			all[name] = []string{}
		}
	}
	return all
}

func folder(path string) string {
	name, _, _ := strings.Cut(strings.TrimPrefix(path, "samverkan/internal/"), "/")
	return name
}

// queriesRead gives the names by which pages read their query.
func queriesRead(t *testing.T) map[string]bool {
	t.Helper()
	files, err := filepath.Glob("../web/*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files: %v", len(files), err)
	}
	names := map[string]bool{}
	for _, file := range files {
		code, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range regexp.MustCompile(`\.(?:Query|DefaultQuery|GetQuery|QueryArray|QueryMap)\("([^"]*)"`).FindAllStringSubmatch(string(code), -1) {
			names[found[1]] = true
		}
	}
	return names
}
