import { BelfryError } from "../platform/errors.ts";
import { alarmWidget, MAX_ALARMS, type Widget } from "./widgets.ts";

/** How many columns a dashboard has. https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html */
const GRID_COLUMNS = 24;
/** How many widgets it takes, by the same page. */
const MAX_WIDGETS = 500;

/** A widget with its place; `y` counts from the top. */
export interface PlacedWidget extends Widget {
  readonly x: number;
  readonly y: number;
}

/** A choice above the dashboard that replaces a dimension's value in all its widgets. */
export interface DashboardVariable {
  readonly type: "property";
  readonly property: string;
  readonly inputType: "select" | "input" | "radio";
  readonly id: string;
  readonly label: string;
  readonly visible: boolean;
  readonly defaultValue?: string;
  /** A SEARCH whose metrics give the choices, by the dimension `populateFrom`. */
  readonly search?: string;
  readonly populateFrom?: string;
}

/** What `AWS::CloudWatch::Dashboard` takes as JSON. */
export interface DashboardBody {
  /** The range that is shown first, as an ISO 8601 duration. */
  readonly start: string;
  /** `inherit`: graphs keep their periods, whatever range is shown. */
  readonly periodOverride: "auto" | "inherit";
  readonly variables?: readonly DashboardVariable[];
  readonly widgets: readonly PlacedWidget[];
}

/** Lays rows of widgets out one below the other, each from the left. Raises BAD_ARGUMENT for a row that is too wide and for too many widgets. */
export function dashboardBody(
  rows: readonly (readonly Widget[])[],
  { variables = [], start = "-PT8H" }: { variables?: readonly DashboardVariable[]; start?: string } = {},
): DashboardBody {
  const widgets: PlacedWidget[] = [];
  let y = 0;
  for (const row of rows) {
    let x = 0;
    for (const widget of row) {
      widgets.push({ ...widget, x, y });
      x += widget.width;
    }
    if (x > GRID_COLUMNS) throw tooMuch(`a row of ${x} columns, but a dashboard has ${GRID_COLUMNS}`);
    y += Math.max(0, ...row.map(({ height }) => height));
  }
  if (widgets.length > MAX_WIDGETS) throw tooMuch(`${widgets.length} widgets, but a dashboard takes ${MAX_WIDGETS}`);
  return { start, periodOverride: "inherit", ...(variables.length === 0 ? {} : { variables }), widgets };
}

function tooMuch(message: string): BelfryError {
  return new BelfryError("BAD_ARGUMENT", message);
}

/** The state of all alarms, for the top of a dashboard; as many widgets as it takes, and no row without alarms. */
export function alarmRows(title: string, alarmArns: readonly string[]): Widget[][] {
  const rows: Widget[][] = [];
  for (let from = 0; from < alarmArns.length; from += MAX_ALARMS) {
    const arns = alarmArns.slice(from, from + MAX_ALARMS);
    // Six alarms stand beside each other; a row of them is about one unit high.
    const height = 2 + Math.ceil(arns.length / 6);
    rows.push([alarmWidget({ width: GRID_COLUMNS, height }, title, arns)]);
  }
  return rows;
}
