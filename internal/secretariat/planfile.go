package secretariat

import (
	"fmt"
	"io"

	"samverkan/internal/almanac"
	"samverkan/internal/fault"
)

// PlanFile is the file that a municipality brings its plan in. A field that is not here is a
// mistake that the import reports with its line.
type PlanFile struct {
	SchemaVersion int    `yaml:"schema_version"`
	Language      string `yaml:"language"`
	TimeZone      string `yaml:"time_zone"`
	Source        struct {
		Title          string  `yaml:"title"`
		Owner          string  `yaml:"owner"`
		VersionLabel   *string `yaml:"version_label"`
		ValidFrom      *string `yaml:"valid_from"`
		ValidTo        *string `yaml:"valid_to"`
		YearsMentioned []int   `yaml:"timeframe_years_mentioned"`
	} `yaml:"source"`
	Organisations []planOrganisation `yaml:"organisations"`
	Roles         []planRole         `yaml:"roles"`
	Agreements    []planAgreement    `yaml:"agreements"`
	Forums        []planForum        `yaml:"forums"`
	WorkGroups    []planWorkGroup    `yaml:"work_groups"`
	Workplaces    []planWorkGroup    `yaml:"workplaces"`
	LocalDays     []planDays         `yaml:"local_days"`
	Vision        string             `yaml:"vision"`
	Goals         []planGoal         `yaml:"goals"`

	// What the plan says of its own life and the law. No room keeps it yet, and the import says so.
	Lifecycle     any      `yaml:"plan_lifecycle"`
	PassesOn      any      `yaml:"passes_on"`
	Legal         []string `yaml:"legal_references_in_plan"`
	Abbreviations any      `yaml:"abbreviations"`
}

type planOrganisation struct {
	ID      string   `yaml:"id"`
	Name    string   `yaml:"name"`
	Short   string   `yaml:"short"`
	Kind    string   `yaml:"kind"`
	Parent  *string  `yaml:"parent"`
	Aliases []string `yaml:"aliases"`
}

type planRole struct {
	ID           string   `yaml:"id"`
	Name         string   `yaml:"name"`
	Organisation *string  `yaml:"organisation"`
	Aliases      []string `yaml:"aliases"`
}

type planAgreement struct {
	ID        string    `yaml:"id"`
	Kind      string    `yaml:"kind"`
	Parties   []*string `yaml:"parties"`
	Quote     string    `yaml:"quote"`
	ValidFrom *string   `yaml:"valid_from"`
	ValidTo   *string   `yaml:"valid_to"`
}

type planForum struct {
	ID           string   `yaml:"id"`
	NeutralTitle string   `yaml:"neutral_title"`
	Name         string   `yaml:"name"`
	Short        string   `yaml:"short"`
	Scope        string   `yaml:"scope"`
	Convener     *string  `yaml:"convener"`
	Participants []string `yaml:"participants"`
	OpenEnded    bool     `yaml:"participants_open_ended"`
	Cadence      struct {
		Text     *string `yaml:"text"`
		Interval *string `yaml:"interval"`
		Min      *int    `yaml:"min_per_year"`
		Max      *int    `yaml:"max_per_year"`
		MinTerm  *int    `yaml:"min_per_term"`
		MaxTerm  *int    `yaml:"max_per_term"`
		Exempt   []int   `yaml:"exempt_months"`
	} `yaml:"cadence"`
	Quote         string   `yaml:"quote"`
	OpenQuestions []string `yaml:"open_questions"`
}

// planDays are some days that a year is planned around.
type planDays struct {
	ID     string       `yaml:"id"`
	Name   string       `yaml:"name"`
	Kind   string       `yaml:"kind"`
	From   almanac.Date `yaml:"from"`
	To     almanac.Date `yaml:"to"`
	Blocks *bool        `yaml:"blocks"`
}

type planWorkGroup struct {
	ID           string  `yaml:"id"`
	Name         string  `yaml:"name"`
	Organisation *string `yaml:"organisation"`
}

type planGoal struct {
	ID      string  `yaml:"id"`
	Goal    *string `yaml:"goal"`
	Heading string  `yaml:"heading"`
	Rows    []struct {
		ID          string   `yaml:"id"`
		Measure     string   `yaml:"measure"`
		Activities  []string `yaml:"activities"`
		Timeframe   *string  `yaml:"timeframe"`
		Responsible *string  `yaml:"responsible"`
	} `yaml:"rows"`
}

// MaxPlanFile is the largest plan file, in bytes.
const MaxPlanFile = 1 << 20

// ParsePlan reads a plan file. It refuses with fault.Invalid, naming the line, a file that is no
// YAML, has a field that is not known, or is too large.
func ParsePlan(r io.Reader) (*PlanFile, error) {
	file := &PlanFile{}
	if err := readFile(r, MaxPlanFile, file); err != nil {
		return nil, err
	}
	if file.SchemaVersion != 1 {
		return nil, fault.New(fault.Invalid, "Filen har formatet %s, och programmet läser format 1. Skriv schema_version: 1 överst.", fmt.Sprint(file.SchemaVersion))
	}
	return file, nil
}
