package sample_test

import (
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm/schema"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/file"
	"samverkan/internal/followup"
	"samverkan/internal/forum"
	"samverkan/internal/invite"
	"samverkan/internal/meeting"
	"samverkan/internal/minutes"
	"samverkan/internal/partner"
	"samverkan/internal/plan"
	"samverkan/internal/poll"
	"samverkan/internal/post"
	"samverkan/internal/relay"
	"samverkan/internal/report"
	"samverkan/internal/store"
	"samverkan/internal/store/storetest"
)

// models are every struct that is a row of a table. A new one belongs here.
var models = []any{
	partner.Organisation{}, partner.Role{}, partner.Contact{}, partner.WorkGroup{}, partner.Workplace{}, partner.Agreement{}, partner.Ending{},
	plan.Plan{}, plan.Line{}, plan.Goal{}, plan.Measure{}, plan.Step{}, plan.Review{}, plan.Routine{}, plan.RoutineReview{}, plan.Method{}, plan.Count{},
	forum.Forum{}, forum.Participant{}, forum.Member{}, forum.Reserve{}, forum.Block{}, forum.Agreeing{}, forum.Approver{},
	access.Identity{}, access.Grant{}, access.Session{}, access.OneTimeToken{}, access.Attempt{}, access.RecoveryCode{}, access.Proposal{}, access.APIToken{}, access.FeedSubscription{},
	access.Fact{}, access.LogEntry{}, access.LogSeal{}, access.LogSealEntry{}, access.LogReview{}, access.LogReviewEntry{}, access.Repeat{}, access.Counter{},
	post.Letter{}, post.Dealing{}, post.Trial{}, post.Pace{}, post.SendingHold{}, post.Recipient{}, post.Reminded{},
	meeting.Meeting{}, meeting.Cancellation{}, meeting.Holding{}, meeting.Rescheduling{}, meeting.Deletion{},
	invite.Invitation{}, invite.Answer{}, invite.Call{}, invite.Cover{}, invite.Outing{}, invite.Lateness{},
	minutes.Minutes{}, minutes.AgendaItem{}, minutes.Postponement{}, minutes.AgendaProposal{}, minutes.Attendance{}, minutes.Item{}, minutes.Checkpoint{}, minutes.Frozen{}, minutes.ActionState{}, minutes.Change{}, minutes.DecisionState{}, minutes.Replacement{}, minutes.Tie{}, minutes.Disclosure{}, minutes.Registration{}, minutes.Attachment{}, minutes.Submission{}, minutes.Asked{}, minutes.View{}, file.File{}, file.Chunk{},
	relay.Item{}, relay.Acknowledgement{}, relay.PlanRequest{}, relay.Confirmation{}, relay.Introduction{},
	access.GuestLink{}, access.RetiredLink{}, access.LinkRenewal{}, access.GuestCode{}, partner.SuccessorProposal{}, minutes.Report{},
	invite.Reception{}, partner.Undeliverable{}, post.Mailbox{}, post.Arrival{}, post.ReceivedLetter{}, post.ParkedLetter{}, meeting.ForeignEvent{}, invite.Earlier{}, partner.BusyTime{},
	poll.Poll{}, poll.Time{}, poll.Asked{}, poll.Reply{}, poll.Choice{}, poll.Closing{}, poll.Nudge{}, poll.DateRequest{}, poll.DateOffer{},
	invite.Overview{}, invite.Telling{}, invite.Preliminary{},
	followup.Explanation{},
	report.Report{}, report.Row{}, report.Handover{},
}

// withoutModel are tables that no struct stands for, and why.
var withoutModel = map[string]string{
	"agreement_parties": "the rows of partner.Agreement's many2many, which are two keys",
	"agreement_forums":  "whose meetings a partner.Agreement is about, in two keys",
}

// nullable are columns that may be empty though their fields have no pointer, and why.
var nullable = map[string]string{
	"identities.totp_sealed": "nil bytes are NULL: no second factor",
	"letters.sealed":         "nil bytes are NULL: they are dropped 30 days after sending",
	"parked_letters.sealed":  "nil bytes are NULL: they are dropped 30 days after they were settled",
}

// column is a column as the database has it.
type column struct {
	Name, Type string
	Null, Key  bool
}

func columnsOf(t *testing.T, db *store.DB, table string) map[string]column {
	t.Helper()
	query := "SELECT name, type, \"notnull\" = 0 AND pk = 0 AS \"null\", pk > 0 AS \"key\" FROM pragma_table_info(?)"
	if db.IsPostgres() {
		query = `SELECT c.column_name AS name, c.data_type AS type, c.is_nullable = 'YES' AS null, k.column_name IS NOT NULL AS key
			FROM information_schema.columns c
			LEFT JOIN (information_schema.key_column_usage k JOIN information_schema.table_constraints t
				ON t.constraint_name = k.constraint_name AND t.constraint_type = 'PRIMARY KEY')
				ON k.table_name = c.table_name AND k.column_name = c.column_name
			WHERE c.table_schema = 'public' AND c.table_name = ?`
	}
	var rows []column
	if err := db.Read(t.Context(), func(tx *store.Tx) error { return tx.DB.Raw(query, table).Scan(&rows).Error }); err != nil {
		t.Fatal(err)
	}
	columns := map[string]column{}
	for _, c := range rows {
		c.Type = strings.ToLower(c.Type)
		columns[c.Name] = c
	}
	return columns
}

// fitting gives the types that a column for values of a Go type may have, SQLite's first, and whether
// it may be NULL.
func fitting(f *schema.Field) (types []string, null bool) {
	goType := f.FieldType
	if goType.Kind() == reflect.Pointer {
		goType, null = goType.Elem(), true
	}
	switch {
	case f.Serializer != nil && f.TagSettings["SERIALIZER"] != "":
		return []string{"text", "text"}, null
	case goType == reflect.TypeFor[uuid.UUID]():
		return []string{"text", "uuid"}, null
	case goType == reflect.TypeFor[time.Time]():
		return []string{"timestamp", "timestamp with time zone"}, null
	case goType == reflect.TypeFor[[]byte]():
		return []string{"blob", "bytea"}, null
	case goType == reflect.TypeFor[almanac.Clock]():
		return []string{"text", "text"}, null
	case goType == reflect.TypeFor[almanac.Date]():
		return []string{"text", "text"}, null
	case goType.Kind() == reflect.Bool:
		return []string{"boolean", "boolean"}, null
	case goType.Kind() == reflect.String:
		return []string{"text", "text"}, null
	case goType.Kind() == reflect.Int, goType.Kind() == reflect.Int64:
		return []string{"integer", "bigint"}, null
	}
	return nil, null
}

func TestModelsAndTablesAgree(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		covered := map[string]bool{}
		for _, model := range models {
			s, err := schema.Parse(model, &sync.Map{}, schema.NamingStrategy{})
			if err != nil {
				t.Fatal(err)
			}
			covered[s.Table] = true
			t.Run(s.Table, func(t *testing.T) { agree(t, db, s) })
		}
		t.Run("every table has a model, or a reason for having none", func(t *testing.T) {
			for _, table := range store.Tables {
				if !covered[table] && withoutModel[table] == "" {
					t.Errorf("%s has no model in this test", table)
				}
			}
			for table := range covered {
				if !slices.Contains(store.Tables, table) {
					t.Errorf("%s is in no backup", table)
				}
			}
		})
	})
}

func agree(t *testing.T, db *store.DB, s *schema.Schema) {
	columns := columnsOf(t, db, s.Table)
	if len(columns) == 0 {
		t.Fatal("there is no such table")
	}
	for _, f := range s.Fields {
		if f.DBName == "" { // a relation
			continue
		}
		c, there := columns[f.DBName]
		if !there {
			t.Errorf("%s has no column %s", s.Name, f.DBName)
			continue
		}
		delete(columns, f.DBName)
		types, null := fitting(f)
		if types == nil {
			t.Errorf("%s is a %s, which this test does not know", f.DBName, f.FieldType)
			continue
		}
		want := types[0]
		if db.IsPostgres() {
			want = types[1]
		}
		if c.Type != want {
			t.Errorf("%s is %s in the table, want %s for a %s", f.DBName, c.Type, want, f.FieldType)
		}
		if f.FieldType == reflect.TypeFor[almanac.Date]() && c.Null { // the zero Date is NULL, so a column may allow it
			continue
		}
		if c.Null != null && (nullable[s.Table+"."+f.DBName] == "" || !c.Null) {
			t.Errorf("%s may be NULL: %v in the table, %v in %s", f.DBName, c.Null, null, s.Name)
		}
		if c.Key != f.PrimaryKey {
			t.Errorf("%s is a key: %v in the table, %v in %s", f.DBName, c.Key, f.PrimaryKey, s.Name)
		}
	}
	for name := range columns {
		t.Errorf("%s has no field for column %s", s.Name, name)
	}
}
