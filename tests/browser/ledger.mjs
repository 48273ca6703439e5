// The ledger for those who do not trust us: witnesses on the page, the log over HTTP, and the report of a month.
export async function ledger({ base, visitor, signIn, picture, accessible, check, beyond }) {
  const stranger = await visitor();
  const marta = await signIn('marta');
  await marta.goto(`${base}/ledger`);
  const words = await marta.locator('main').innerText();
  check('without a witness the page says whom one has to believe', /No witness yet/.test(words), words.slice(0, 300));
  await picture(marta, 'ledger-witnesses');
  await accessible(marta, 'the ledger with its witnesses');
  // The page has signed a checkpoint: now it can be fetched, by anybody.
  const note = await stranger.request.get(`${base}/log/checkpoint`);
  const size = Number((await note.text()).split('\n')[1]);
  check('a stranger can fetch the checkpoint', note.status() === 200 && size > 0);
  const tile = await stranger.request.get(`${base}/log/tile/0/000${size < 256 ? `.p/${size}` : ''}`);
  check('and the hashes', tile.status() === 200 && (await tile.body()).length === 32 * Math.min(size, 256));
  const entries = await stranger.request.get(`${base}/log/tile/entries/000${size < 256 ? `.p/${size}` : ''}`);
  check('but not the entries', entries.status() === 401);

  await marta.goto(`${base}/ledger/report`);
  const report = await marta.locator('main').innerText();
  check('the report says who answered, and which audiences were audited', /Who answered/.test(report) && !/Nothing was audited/.test(report), report.slice(0, 400));
  check('and shows it in a picture', await marta.locator('svg.month rect.amount').count() === 5);
  await picture(marta, 'responsible-ai');
  await accessible(marta, 'the report of a month');
  const file = await marta.request.get(`${base}/ledger/report.html`);
  check('it is a file that needs nothing else', file.status() === 200 && !/<script|src=/.test(await file.text()));

  for (const locale of ['en', 'es']) {
    const phone = await signIn('marta', { viewport: { width: 390, height: 844 }, locale });
    for (const [where, name] of [['/ledger', 'ledger'], ['/ledger/report', 'responsible-ai']]) {
      await phone.goto(`${base}${where}`);
      check(`${where} fits on a phone (${locale})`, await beyond(phone) === '', await beyond(phone));
      await picture(phone, `${name}-phone-${locale}`);
    }
    const title = locale === 'es' ? /IA responsable/ : /Responsible AI/;
    check(`the report is in the reader's language (${locale})`, title.test(await phone.locator('main').innerText()));
  }
}
