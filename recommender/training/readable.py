"""Reports as tables for people; programs ask for JSON.

Called by the command line. Nothing is computed here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from recommender.training import (
        bandit,
        bandit_log,
        interactions,
        propensity,
        run,
        simulation,
        uplift,
    )


def training(report: run.TrainingReport) -> str:
    verdict = (
        f"published as {report.version}"
        if report.version
        else "NOT published: no better than popularity, beyond chance"
    )
    lines = [
        f"Model {verdict}",
        f"{report.offers} settled offers of {report.customers} customers, {report.fit_s:.1f} s",
        f"Held out: the {report.held_out} latest, since {report.held_out_from:%Y-%m-%d}",
        "",
        f"{'on the held-out offers':<24}{'model':>10}{'popularity':>12}",
    ]
    for measure in ("log_loss", "roc_auc", "calibration_error"):
        ours, theirs = getattr(report.model, measure), getattr(report.popularity, measure)
        lines.append(f"  {measure:<22}{ours:>10.4f}{theirs:>12.4f}")
    gain = report.gain
    lines.append(f"  gain {gain.log_loss:.4f} ± {gain.standard_error:.4f} of log_loss an offer")
    lines += ["", f"{'product':<20}{'offers':>8}{'interest':>10}  what speaks for it"]
    lines += [
        f"{line.product:<20}{line.offers:>8}{line.interest_rate:>10.1%}  {', '.join(line.drivers)}"
        for line in report.products
    ]
    lines += [
        "",
        f"{'items':<20}{'people':>8}{'items':>8}{'ndcg@10':>10}{'popularity':>12}  version",
    ]
    lines += [
        f"{one.kind:<20}{one.people:>8}{one.items:>8}{one.ndcg_10 or 0:>10.3f}"
        f"{one.popularity_ndcg_10 or 0:>12.3f}  {one.version or 'too little to learn from'}"
        for one in report.items
    ]
    if report.uplift:
        lines += ["", f"{'uplift':<20}{'offered':>8}{'held out':>10}  taken, and what offers add"]
    for each in report.uplift:
        added = (
            "too few held out"
            if each.added is None
            else f"{each.added:+.3f} ({each.low:+.3f} to {each.high:+.3f})"
        )
        lines.append(
            f"{each.product:<20}{each.offered:>8}{each.held_out:>10}"
            f"  {each.taken_offered:.1%} and {each.taken_held_out:.1%}: {added}"
        )
    return "\n".join(lines)


def of_interactions(report: interactions.Report) -> str:
    late = report.global_time
    return "\n".join(
        [
            report.protocol,
            "",
            f"{report.people} people, {report.items} items, {report.events} events",
            *_table("Each person's last fifth", report.models),
            "",
            (
                f"An event more changes {report.new_event.changed:.0%} of lists, "
                f"within {report.new_event.p99_ms:.1f} ms, without a new fit"
            ),
            *_table("The last fifth of all events", late.models if late else {}),
        ]
    )


def of_propensity(report: propensity.Report) -> str:
    gain = report.gain
    return "\n".join(
        [
            report.protocol,
            *_table(
                f"{report.target}={report.positive}: {report.positives} of {report.rows} rows",
                report.models,
            ),
            "",
            f"gain {gain.log_loss:.5f} ± {gain.standard_error:.5f} of log_loss a row",
        ]
    )


def of_uplift(report: uplift.Report) -> str:
    known = report.synthetic_truth
    return "\n".join(
        [
            report.protocol,
            *_table(
                f"{report.outcome} by {report.treatment}: {report.treated} of {report.people} "
                f"people treated; chosen: {', '.join(report.chosen)}",
                report.models,
            ),
            *_table(
                f"Where the truth is known: {known.people} people; "
                f"chosen: {', '.join(known.chosen)}",
                known.models,
            ),
        ]
    )


def of_bandit(report: bandit.Report) -> str:
    return "\n".join(
        [
            report.protocol,
            *_table("Regret", report.models),
            "",
            (
                f"ours is {report.regret_of_epsilon_greedy:.0%} of epsilon_greedy "
                f"({report.worst_world:.0%} in the worst world)"
            ),
            *_table(f"95 % intervals of {report.logs} logs", report.intervals),
        ]
    )


def of_bandit_log(report: bandit_log.Report) -> str:
    lines = [
        report.protocol,
        "",
        (
            f"{report.rows} choices among {report.arms}, {report.rewarded} rewarded "
            f"({report.mean_reward:.4f})"
        ),
    ]
    for name, valued in report.models.items():
        for way in ("ips", "snips", "dr"):
            one = getattr(valued, way)
            lines.append(f"{name:<10}{way:<7}{one.value:>9.5f}  {one.low:.5f} to {one.high:.5f}")
        lines.append(f"{'':<10}effective rows {valued.effective_rows:.0f}")
    return "\n".join([*lines, *([report.warning] if report.warning else [])])


def of_simulation(report: simulation.Report) -> str:
    lost, gained, broken = report.regret, report.lift, report.violations
    answers = ", ".join(f"{many} {said}" for said, many in report.answers.items())
    lines = [
        report.protocol,
        "",
        (
            f"{report.customers} customers, {report.days} days, {report.events} events, "
            f"{report.occasions} occasions: {answers}"
        ),
        f"{report.explored} drawn where the model was in doubt; {report.models} models served",
        (
            f"regret an offer: {lost.ours:.4f} (popularity {lost.popularity:.4f}, "
            f"at random {lost.random:.4f})"
        ),
    ]
    if gained:
        lines.append(
            f"lift over hold-out: {gained.value:.4f}, 95 % {gained.low:.4f} to {gained.high:.4f} "
            f"({gained.offered:.4f} against {gained.held_out:.4f}; truth {gained.truth:.4f})"
        )
    lines.append(
        f"violations: cap {report.cap_violations}, consent {report.consent_violations}, "
        f"quiet hours {broken.quiet_hours}, refused before {broken.refused_before}, "
        f"without propensity {broken.no_propensity}"
    )
    return "\n".join([*lines, f"p50 {report.p50_ms:.1f} ms, p99 {report.p99_ms:.1f} ms"])


def _table(title: str, models: Mapping[str, msgspec.Struct]) -> Sequence[str]:
    """One line a model, one column a figure, as the report names them."""
    rows = {name: msgspec.to_builtins(one) for name, one in models.items()}
    if not rows:
        return ["", f"{title}: nothing to judge"]
    figures = list(next(iter(rows.values())))
    wide = [max(len(figure) + 2, 9) for figure in figures]
    head = "".join(f"{figure:>{width}}" for figure, width in zip(figures, wide, strict=True))
    lines = ["", title, f"{'':<20}{head}"]
    for name, row in rows.items():
        cells = "".join(
            f"{'-' if row[figure] is None else format(row[figure], '.4f'):>{width}}"
            for figure, width in zip(figures, wide, strict=True)
        )
        lines.append(f"{name:<20}{cells}")
    return lines
