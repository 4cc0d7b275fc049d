"""The shapes of export: reports, histories, leads and won deals, durations."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from exports_on_disk import check_promises, counted, read, reading, report, stages_of, won_and_lost

from channelsim.calibrate.reading.mapping import mapping_from_text, mapping_text
from channelsim.calibrate.reading.read import read_with_mapping
from channelsim.errors import UserError

SALESFORCE = """\
"Opportunity Name","Opportunity Owner","Stage","Close Date","Created Date","Amount","Lead Source","Type","Age"
"Acme 1","Ann","Closed Won","3/15/2026","1/5/2026","$12,000.00","Web","New Business","69"
"Acme 2","Bob","Closed Lost","2/1/2026","1/7/2026","$2,500.50","Event","Existing","25"
"Acme 3","Ann","Proposal","12/31/2026","2/20/2026","","Web","New Business","9"
"""
HUBSPOT = '''\
Record ID,Deal Name,Deal Stage,Create Date,Close Date,Amount,Pipeline,\
"Date entered ""Qualified (Sales)""",\
"Date entered ""Contract sent (Sales)""","Date entered ""Closed won (Sales)""",\
"Date entered ""Closed lost (Sales)"""
1,A,Closed won (Sales),2026-01-05 12:00,2026-01-20 12:00,1000,Sales,\
2026-01-05 12:00,2026-01-10 12:00,2026-01-20 12:00,
2,B,Closed lost (Sales),2026-01-06 12:00,2026-01-25 12:00,2000,Sales,\
2026-01-06 12:00,2026-01-11 12:00,,2026-01-25 12:00
3,C,Contract sent (Sales),2026-01-07 12:00,2026-04-25 12:00,3000,Sales,2026-01-07 12:00,2026-01-12 12:00,,
'''
PIPEDRIVE = """\
"Deal - ID","Deal - Title","Deal - Value","Deal - Currency","Deal - Status","Deal - Stage","Deal - Deal created",\
"Deal - Won time","Deal - Lost time","Deal - Expected close date","Deal - Owner"
1,"A",1000,EUR,Won,"Offer","2026-01-05 10:00:00","2026-02-05 10:00:00",,"2026-02-01","Ann"
2,"B",1000,EUR,Lost,"Offer","2026-01-06 10:00:00",,"2026-02-06 16:00:00","2026-02-01","Ann"
3,"C",1000,EUR,Open,"Offer","2026-01-07 10:00:00",,,"2026-02-01","Ann"
"""
GERMAN = """\
Verkaufschance;Phase;Erstellt am;Abschlussdatum;Betrag;Besitzer;Leadquelle;Vertriebsweg;Branche
Müller;Gewonnen;05.01.2026;20.02.2026;12.000 €;Jörg;Messe;Außendienst;Bau
Schmidt;Verloren;06.01.2026;21.02.2026;1.500 €;Jörg;Web;Innendienst;Handel
"""
FRENCH = """\
Nom de l'opportunité;Étape;Date de création;Date de clôture;Montant;Propriétaire;Origine
A;Gagnée;05/01/2026;20/02/2026;1 200,50;Zoé;Salon
B;Perdue;06/01/2026;21/02/2026;900,00;Zoé;Site
"""
SPANISH = """\
Nombre de la oportunidad;Etapa;Fecha de creación;Fecha de cierre;Importe;Propietario;Origen
A;Ganada;05/01/2026;20/02/2026;1.200,50;José;Feria
B;Perdida;06/01/2026;21/02/2026;900,00;José;Web
"""
HISTORY = """\
Opportunity ID,From Stage,To Stage,Last Modified Date
A,,Discovery,2026-02-01
A,Discovery,Proposal,2026-02-10
A,Proposal,Closed Won,2026-02-20
B,,Discovery,2026-02-02
B,Discovery,Closed Lost,2026-02-25
C,,Discovery,2026-02-03
C,Discovery,Proposal,2026-02-12
"""
DEALS = report(
    "A,2026-02-01,2026-02-20,Closed Won,1200",
    "B,2026-02-02,2026-02-25,Closed Lost,900",
    "C,2026-02-03,2026-12-31,Proposal,5000",
)
LEADS = "mql_id,first_contact_date,page,origin\na,2018-02-01,p,social\nb,2018-02-02,p,paid\nc,2018-02-13,p,\n"
WON = (
    "mql_id,seller_id,sr_id,won_date,business_segment,declared_monthly_revenue\n"
    "b,s1,y,2018-02-20 12:00:01,pet,100.0\nzz,s1,y,2018-02-20 12:00:01,pet,5.0\n"
)
DURATIONS = """\
Opportunity Number,Route To Market,Opportunity Result,Opportunity Amount USD,Total Days Identified Through Closing,\
Ratio Days Identified To Total Days,Ratio Days Validated To Total Days,\
Ratio Days Qualified To Total Days,Deal Size Category
1,Fields Sales,Won,100,10,0.5,0.3,0.1,1
2,Telesales,Loss,200,20,0.25,0.75,0,2
3,Reseller,Loss,0,5,0,0,0,10
"""
ALL_SHAPES: dict[str, dict[str, str | bytes]] = {
    "salesforce": {"a.csv": SALESFORCE},
    "hubspot": {"a.csv": HUBSPOT},
    "pipedrive": {"a.csv": PIPEDRIVE},
    "german": {"a.csv": GERMAN},
    "french": {"a.csv": FRENCH},
    "spanish": {"a.csv": SPANISH},
    "history": {"a.csv": HISTORY},
    "report and history": {"a.csv": DEALS, "b.csv": HISTORY},
    "leads and won deals": {"a.csv": LEADS, "b.csv": WON},
    "durations": {"a.csv": DURATIONS},
}


@pytest.mark.parametrize("shape", ALL_SHAPES)
def test_an_export_of_any_shape_keeps_what_records_promise(shape: str, tmp_path: Path) -> None:
    check_promises(read(tmp_path, ALL_SHAPES[shape]))


@pytest.mark.parametrize("shape", ALL_SHAPES)
def test_the_mapping_file_written_of_an_export_reads_it_the_same_way(shape: str, tmp_path: Path) -> None:
    found = reading(tmp_path, ALL_SHAPES[shape])
    text = mapping_text(found.mapping)
    again = read_with_mapping([tmp_path / name for name in ALL_SHAPES[shape]], mapping_from_text(text))
    assert again.export.deals.equals(found.export.deals)
    assert again.export.stages.equals(found.export.stages)
    assert again.export.routes == found.export.routes
    assert mapping_text(again.mapping) == text


def test_a_salesforce_report_is_read(tmp_path: Path) -> None:
    export = read(tmp_path, SALESFORCE)
    assert export.origin == dt.date(2026, 1, 5)
    fields = ("key", "source", "owner", "value", "created_day", "closed_day", "days", "ending")
    assert export.deals.select(fields).rows() == [
        ("Acme 1", "web", "Ann", 12000.0, 0.0, 69.0, 69.0, "won"),
        ("Acme 2", "event", "Bob", 2500.5, 2.0, 27.0, 25.0, "lost"),
        ("Acme 3", "web", "Ann", None, 46.0, None, 23.0, "open"),  # last seen on 15 March, the last day in the file
    ]  # fmt: skip
    assert (export.cutoff_day, export.resolution_days) == (70.0, 1.0)  # the end of 15 March
    assert [route.name for route in export.routes] == ["sales"]
    assert {column.column: column.field for column in export.columns}[
        "Type"
    ] == ""  # says nothing of how it is sold
    assert {column.column: column.field for column in export.columns}["Age"] == ""  # there are dates


def test_hubspots_columns_of_stages_entered_are_a_history(tmp_path: Path) -> None:
    export = read(tmp_path, HUBSPOT)
    assert export.routes[0].steps == ("qualified", "contract_sent")
    assert stages_of(export, "1") == [(0, 5.0, "yes"), (1, 10.0, "yes")]
    assert stages_of(export, "2") == [(0, 5.0, "yes"), (1, 14.0, "no")]
    assert stages_of(export, "3") == [(0, 5.0, "yes"), (1, 13.0, "open")]  # at 25 January, noon
    assert export.resolution_days == 0


def test_pipedrives_won_and_lost_times_close_a_deal(tmp_path: Path) -> None:
    export = read(tmp_path, PIPEDRIVE)
    assert export.deals["days"].round(6).to_list() == [31.0, 31.25, 30.25]
    assert (export.currency, export.resolution_days) == ("EUR", 0.0)


def test_a_stage_in_which_deals_were_lost_does_not_mean_lost(tmp_path: Path) -> None:
    found = reading(tmp_path, PIPEDRIVE.replace("Status", "Mood"))  # the times alone say what was won and lost
    assert found.export.deals["ending"].to_list() == ["won", "lost", "open"]
    assert (found.mapping.won, found.mapping.lost) == ((), ())


@pytest.mark.parametrize("text", [GERMAN, FRENCH, SPANISH])
def test_other_languages_are_read(text: str, tmp_path: Path) -> None:
    export = read(tmp_path, text)
    assert export.deals["ending"].to_list() == ["won", "lost"]
    assert export.deals["days"].to_list() == [46.0, 46.0]
    assert export.deals["value"].null_count() == export.deals["owner"].null_count() == 0
    assert len(export.sources) == 2


def test_german_routes_have_their_channels(tmp_path: Path) -> None:
    export = read(tmp_path, GERMAN)
    assert {route.name: route.channel for route in export.routes} == {
        "aussendienst": "outside",
        "innendienst": "inside",
    }
    assert export.currency == "EUR"


@pytest.mark.parametrize("files", [{"b.csv": HISTORY}, {"a.csv": DEALS, "b.csv": HISTORY}])
def test_a_history_tells_the_days_in_each_stage(files: dict[str, str | bytes], tmp_path: Path) -> None:
    export = read(tmp_path, files)
    assert export.routes[0].steps == ("discovery", "proposal")
    assert stages_of(export, "A") == [(0, 9.0, "yes"), (1, 10.0, "yes")]
    assert stages_of(export, "B") == [(0, 23.0, "no")]
    assert stages_of(export, "C") == [(0, 9.0, "yes"), (1, 13.0, "open")]  # last seen on 25 February
    assert (export.deals["value"].null_count() == 0) == ("a.csv" in files)


def test_salesforces_history_object_is_known_by_its_repeated_keys(tmp_path: Path) -> None:
    export = read(
        tmp_path,
        "Id,OpportunityId,StageName,Amount,CloseDate,CreatedDate\n"
        "1,A,Prospecting,100,2026-03-01,2026-01-01T12:00:00Z\n"
        "2,A,Qualification,100,2026-03-01,2026-01-05T12:00:00Z\n"
        "3,A,Qualification,150,2026-03-01,2026-01-06T12:00:00Z\n"  # an amount changed, not the stage
        "4,A,Closed Won,150,2026-01-09,2026-01-09T12:00:00Z\n"
        "5,B,Prospecting,100,2026-03-01,2026-01-02T12:00:00Z\n"
        "6,B,Closed Lost,100,2026-03-01,2026-01-04T12:00:00Z\n"
        "7,B,Qualification,100,2026-03-01,2026-01-07T12:00:00Z\n",
    )
    assert stages_of(export, "A") == [(0, 4.0, "yes"), (1, 4.0, "yes")]
    assert stages_of(export, "B") == [(0, 5.0, "yes"), (1, 2.0, "open")]
    assert counted(export, "opened again").examples == ("B",)
    assert export.deals.filter(export.deals["key"] == "A")["value"].item() == 150.0


def test_a_history_with_the_newest_change_on_top_is_read_the_same_way(tmp_path: Path) -> None:
    header, *rows = HISTORY.splitlines()
    rows += ["D,,Discovery,2026-02-05", "D,Discovery,Proposal,2026-02-05", "D,Proposal,Closed Won,2026-02-05"]
    export = read(tmp_path, "\n".join([header, *rows]))
    turned = read(tmp_path, "\n".join([header, *reversed(rows)]))
    assert stages_of(turned, "D") == [(0, 0.0, "yes"), (1, 0.0, "yes")]
    assert turned.stages.equals(export.stages)
    assert turned.counts == export.counts


def test_stages_skipped_take_no_time_and_going_back_counts_to_the_furthest(tmp_path: Path) -> None:
    header, *rows = HISTORY.splitlines()
    more = [
        "D,,Discovery,2026-02-01",
        "D,Discovery,Closed Won,2026-02-04",  # skips the proposal
        "E,,Discovery,2026-02-01",
        "E,Discovery,Proposal,2026-02-02",
        "E,Proposal,Discovery,2026-02-05",
        "E,Discovery,Closed Lost,2026-02-11",
    ]
    export = read(tmp_path, "\n".join([header, *rows, *more]))
    assert stages_of(export, "D") == [(0, 3.0, "yes"), (1, 0.0, "yes")]
    assert stages_of(export, "E") == [(0, 1.0, "yes"), (1, 9.0, "no")]
    assert counted(export, "went back").examples == ("E",)


def test_stages_of_the_mapping_file_set_the_order_and_put_values_together(tmp_path: Path) -> None:
    text = HISTORY.replace("B,Discovery,Closed Lost", "B,Discovery,On hold,2026-02-10\nB,On hold,Closed Lost")
    export = read(tmp_path, text, "stages: {first: [Discovery], offer: [Proposal, Quote]}")
    assert export.routes[0].steps == ("first", "offer")
    assert counted(export, "does not name").examples == ("On hold",)
    assert stages_of(export, "B") == [(0, 23.0, "no")]


def test_ended_deals_without_a_history_are_left_out_and_counted(tmp_path: Path) -> None:
    deals = DEALS + "X,2026-02-01,2026-02-20,Closed Won,1\nY,2026-02-05,2026-12-31,Proposal,1\n"
    export = read(tmp_path, {"a.csv": deals, "b.csv": HISTORY})
    assert counted(export, "without a history").examples == ("X",)
    assert stages_of(export, "Y") == [(0, 0.0, "yes"), (1, 20.0, "open")]  # where the report says it is


def test_leads_and_won_deals_are_joined_by_their_key(tmp_path: Path) -> None:
    export = read(tmp_path, {"leads.csv": LEADS, "won.csv": WON})
    assert not export.losses_are_seen
    assert export.deals.select("key", "days", "ending", "value").rows() == [
        ("a", 19.0, "open", None),
        ("b", 18.0, "won", 100.0),
        ("c", 7.0, "open", None),
    ]
    assert counted(export, "lead is not in the other file").examples == ("zz",)
    assert export.segments == ("all",)  # the segment is known of won deals alone
    with pytest.raises(UserError, match="nothing in common"):
        read(tmp_path, {"leads.csv": LEADS, "won.csv": WON.replace("b,s1", "q,s1")})
    with pytest.raises(UserError, match="no column says how deals ended"):
        read(tmp_path, {"leads.csv": LEADS})


def test_shares_of_days_are_stages_and_a_lost_deal_is_lost_in_its_last(tmp_path: Path) -> None:
    export = read(tmp_path, DURATIONS)
    assert export.origin is None
    assert sorted(route.channel for route in export.routes) == ["hybrid", "inside", "outside"]
    assert {route.steps for route in export.routes} == {("identified", "validated", "qualified")}
    assert export.segments == ("size_1", "size_2", "size_10")
    assert stages_of(export, "1") == [
        (0, 5.0, "yes"),
        (1, 3.0, "yes"),
        (2, 2.0, "yes"),
    ]  # 0.1 and the 0.1 left over
    assert stages_of(export, "2") == [(0, 5.0, "yes"), (1, 15.0, "no")]
    assert stages_of(export, "3") == [(0, 5.0, "no")]
    assert (export.currency, export.resolution_days) == ("USD", 1.0)


def test_files_of_one_shape_are_read_as_one(tmp_path: Path) -> None:
    header, *rows = won_and_lost().splitlines()
    halves = {"a.csv": "\n".join([header, *rows[:10]]), "b.csv": "\n".join([header, *rows[10:]])}
    assert read(tmp_path, halves).deals.equals(read(tmp_path, won_and_lost()).deals)
    with pytest.raises(UserError, match="read them one by one"):
        read(tmp_path, {"a.csv": DURATIONS, "b.csv": DEALS})
