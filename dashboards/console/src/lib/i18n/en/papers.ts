// Words of waivers and of documents kept with assets.
export const waivers = {
  title: 'Waivers',
  none: 'No waiver was asked for.',
  notOver: 'Only what is known to be too old can be waived.',
  state: { waiting: 'Waits for a second person', in_force: 'In force', coming: 'Begins later', over: 'Over', refused: 'Refused' } as Record<string, string>,
  span: (from: string, to: string) => `${from} to ${to}`,
  covers: (n: string) => `${n} assets`,
  by: (who: string) => `asked by ${who}`,
  allowedBy: (who: string) => `allowed by ${who}`,
  account: (who: string) => `account ${who}`,
  ask: 'Ask for a waiver',
  askTitle: (tag: string) => `Waiver for ${tag}`,
  askText: 'It stays too old and stays counted; the waiver says that it may be kept until then. A second person must agree.',
  until: 'Last day',
  requester: 'Who asks (staff code)',
  approver: 'Who allows it (staff code)',
  decide: 'Decide',
  decideTitle: (tag: string) => `Decide on the waiver for ${tag}`,
  note: 'Remark',
  end: 'End today',
  listTitle: 'Waivers of the age rule',
  missing: {
    no_asset: 'An asset.',
    reversed: 'A last day after the first.',
    too_long: 'An earlier last day: the policy allows no such span.',
    reason: 'A reason.',
    approver: 'Who allows it.',
    document: 'The number of the decision.',
    compensating_control: 'What is done instead.',
    own_request: 'Another person than the one who asks.',
    not_over: 'A date that shows that it is too old.'
  } as Record<string, string>
};

export const attachments = {
  title: 'Documents',
  none: 'No document is kept with it.',
  file: 'File',
  help: (mib: string) => `PDF, picture, office document without macros or plain text, up to ${mib} MiB`,
  note: 'What it is about',
  add: 'Add document',
  remove: 'Remove',
  removeOne: (name: string) => `Remove ${name}`,
  sure: 'Really remove',
  kind: {
    'application/pdf': 'PDF document',
    'image/png': 'Picture (PNG)',
    'image/jpeg': 'Picture (JPEG)',
    'image/webp': 'Picture (WebP)',
    'text/plain': 'Text',
    'application/vnd.oasis.opendocument.text': 'Text document (ODT)',
    'application/vnd.oasis.opendocument.spreadsheet': 'Spreadsheet (ODS)',
    'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'Text document (DOCX)',
    'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'Spreadsheet (XLSX)'
  } as Record<string, string>
};
