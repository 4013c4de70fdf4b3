import 'uplot/dist/uPlot.min.css';
import './styles/tokens.css';
import './styles/base.css';
import './styles/shell.css';
import './styles/charts.css';
import './styles/tables.css';
import './styles/tasks.css';
import './styles/flame.css';
import './styles/cpu.css';
import './styles/stalls.css';
import './styles/requests.css';
import './styles/fleet.css';
import { createRoot } from 'react-dom/client';
import { createPage } from './live/page.ts';
import { App } from './shell/app.tsx';

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no element with the id "root"');
createRoot(root).render(<App page={createPage(location.href)} />);
