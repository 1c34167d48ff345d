/** What is known of a request before its body. Names of headers are in lower case. */
export interface Request {
  method: string;
  /** With query. */
  url: string;
  headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** Crawlers, link previews of chats, monitors and probes say what they are. */
const ROBOT =
  /bot\b|bot[/;) ]|crawl|spider|slurp|archiver|facebookexternalhit|embedly|whatsapp|telegram|skypeuripreview|vkshare|pingdom|uptime|statuscake|site24x7|datadog|newrelic|nagios|zabbix|prometheus|blackbox|kube-probe|googlehc|healthcheck|health-check|elb-health|monitor|headlesschrome|lighthouse|nmap|masscan|zgrab|censys|nuclei/i;
/** What browsers and robots fetch by themselves. */
const BY_ITSELF =
  /^\/(?:robots\.txt|favicon\.ico|sitemap[\w.-]*\.xml|apple-touch-icon[\w.-]*\.png|\.well-known\/.*|healthz?|readyz?|livez?)(?:\?|$)/i;

/**
 * Pure: whether somebody wants to see the app. Not: what says that it is a robot, or nothing of itself; who only asks whether it is there (HEAD,
 * OPTIONS, a health check); what is fetched beside a page or ahead of a click.
 */
export function isVisit({ method, url, headers }: Request): boolean {
  const agent = String(headers['user-agent'] ?? '').slice(0, 1_000);
  const ahead = `${headers.purpose ?? ''} ${headers['sec-purpose'] ?? ''} ${headers['x-moz'] ?? ''}`.slice(0, 200);
  if (['HEAD', 'OPTIONS', 'TRACE', 'CONNECT'].includes(method)) return false;
  if (agent.trim() === '' || ROBOT.test(agent)) return false;
  return !BY_ITSELF.test(url.slice(0, 1_000)) && !/prefetch|preview|prerender/i.test(ahead);
}
