// Compiles only if the dashboard is what Grafana's own types allow. The script
// check_monitoring puts the dashboard where `dashboard` stands.
import type { AnnotationQuery, Dashboard, DataQuery } from '@grafana/schema';

// JSON has the values of string enums, not their names.
type Plain<T> = T extends string ? `${T}` : T extends object ? { [K in keyof T]: Plain<T[K]> } : T;

// What the Prometheus data source adds.
interface PrometheusQuery extends DataQuery {
  expr: string;
  interval?: string;
  legendFormat?: string;
}
type Annotation = AnnotationQuery<PrometheusQuery> & {
  titleFormat: string;
  textFormat?: string;
  tagKeys?: string;
};

type Checked = Omit<Dashboard, 'annotations'> & { annotations: { list: Annotation[] } };

export const checked: Plain<Checked> = dashboard;
